import assert from "node:assert/strict";
import { test } from "node:test";
import { lastOrderDay, loyaltyLevel } from "../src/customers/loyalty.js";

test("the level follows what was spent", () => {
  assert.equal(loyaltyLevel([{ cents: 20000 }]), "silver");
  assert.equal(loyaltyLevel([{ cents: 40000 }, { cents: 20000 }]), "gold");
});

test("the last order's day is shown", () => {
  assert.equal(lastOrderDay([{ placedAt: "2026-03-02T09:14:00.000Z" }]), "2026-03-02");
});
