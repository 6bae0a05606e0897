import assert from "node:assert/strict";
import { test } from "node:test";
import { parseReceipt } from "../src/payments/client.js";

test("a receipt has its number and amount", () => {
  const receipt = parseReceipt({ status: 201, text: '{"id":"r-1","cents":1200}' });
  assert.deepEqual(receipt, { receiptId: "r-1", paidCents: 1200 });
});
