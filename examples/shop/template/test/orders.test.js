import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig } from "../src/config.js";
import { checkout, nextOrderId } from "../src/orders/checkout.js";
import { presentOrder } from "../src/orders/present.js";

test("a cart is paid and becomes an order", async () => {
  const store = {
    products: new Map([["mug", { sku: "mug", cents: 1000, category: "kitchen" }]]),
    customers: new Map([["c-1", { id: "c-1", address: { region: "AT-9" } }]]),
    carts: new Map([["k-1", { id: "k-1", customerId: "c-1", items: [{ sku: "mug", quantity: 1 }] }]]),
    orders: new Map(),
  };
  const payments = { charge: async (id, cents) => ({ receiptId: `r-${id}`, paidCents: cents }) };
  const order = await checkout({ cartId: "k-1" }, { store, config: loadConfig({}), payments });
  assert.equal(order.cents, 1200);
  assert.equal(order.receiptId, "r-o-1001");
  assert.equal(presentOrder(order).lines, 1);
});

test("orders are numbered upwards", () => {
  assert.equal(nextOrderId({ orders: new Map([["o-1007", {}]]) }), "o-1008");
});
