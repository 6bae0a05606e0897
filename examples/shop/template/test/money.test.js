import assert from "node:assert/strict";
import { test } from "node:test";
import { formatCents, percentOf, sumCents } from "../src/lib/money.js";

test("amounts add up", () => {
  assert.equal(sumCents([1290, 10, 0]), 1300);
  assert.equal(sumCents([]), 0);
});

test("a share is rounded to cents", () => {
  assert.equal(percentOf(1290, 19), 245);
});

test("an amount is printed with its currency", () => {
  assert.equal(formatCents(1290, "EUR"), "12.90 EUR");
});
