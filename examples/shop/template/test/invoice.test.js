import assert from "node:assert/strict";
import { test } from "node:test";
import { invoiceFor } from "../src/orders/invoice.js";

const store = { products: new Map([["mug", { sku: "mug", name: "Mug", cents: 1000 }]]) };

test("an invoice in euros has its lines and total", async () => {
  const order = { id: "o-1", currency: "EUR", cents: 2400, items: [{ sku: "mug", quantity: 2 }] };
  const invoice = await invoiceFor(order, { store });
  assert.deepEqual(invoice.lines, [{ text: "Mug", quantity: 2, cents: 2000 }]);
  assert.equal(invoice.total, "24.00 EUR");
  assert.equal(invoice.foreign.value, 24);
});
