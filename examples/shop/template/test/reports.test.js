import assert from "node:assert/strict";
import { test } from "node:test";
import { bestSeller, dailyReport } from "../src/reports/daily.js";

const order = { placedAt: "2026-03-02T09:14:00.000Z", cents: 500, items: [{ sku: "mug", quantity: 2 }] };

test("the best seller is the product sold most often", () => {
  assert.deepEqual(bestSeller([order]), { sku: "mug", count: 2 });
});

test("a report counts the orders of its day", () => {
  const context = { store: { orders: new Map([["o-1", order]]) }, config: { reports: { timeZone: "UTC" } } };
  const report = dailyReport("2026-03-02", context);
  assert.equal(report.orders, 1);
  assert.equal(report.turnover, 500);
});
