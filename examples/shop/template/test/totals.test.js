import assert from "node:assert/strict";
import { test } from "node:test";
import { cartTotals } from "../src/cart/totals.js";
import { loadConfig } from "../src/config.js";

const store = {
  products: new Map([["mug", { sku: "mug", cents: 1000, category: "kitchen" }]]),
  customers: new Map([["c-1", { id: "c-1", address: { region: "AT-9" } }]]),
  coupons: new Map([["TEN", { code: "TEN", kind: "percent", value: 10, category: "any", label: "10 %" }]]),
};
const cart = { customerId: "c-1", items: [{ sku: "mug", quantity: 1 }] };

test("tax is added by the customer's region", () => {
  const totals = cartTotals(cart, { store, config: loadConfig({}) }, null);
  assert.equal(totals.total, 1200);
  assert.equal(totals.display, "12.00 EUR");
});

test("a coupon lowers the net amount", () => {
  const totals = cartTotals(cart, { store, config: loadConfig({}) }, "TEN");
  assert.equal(totals.reduction, 100);
  assert.equal(totals.total, 1080);
});
