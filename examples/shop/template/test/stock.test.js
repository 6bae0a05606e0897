import assert from "node:assert/strict";
import { test } from "node:test";
import { availability } from "../src/stock/resupply.js";

const store = { stock: new Map([["mug", { sku: "mug", available: 3, incoming: 0 }]]) };

test("a product in stock can be had now", () => {
  assert.deepEqual(availability("mug", store, new Date()), { sku: "mug", available: 3, state: "in stock" });
});

test("an unknown product is sold out", () => {
  assert.equal(availability("cup", store, new Date()).state, "sold out");
});
