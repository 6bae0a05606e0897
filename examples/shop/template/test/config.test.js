import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig } from "../src/config.js";

test("a variable wins over the files", () => {
  assert.equal(loadConfig({ PORT: "9000" }).port, 9000);
  assert.equal(loadConfig({ SHOP_CURRENCY: "CHF" }).orders.currency, "CHF");
});

test("the default zone is one of the shop", () => {
  assert.equal(loadConfig({}).shipping.defaultZone, "home");
});
