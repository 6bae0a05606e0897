import assert from "node:assert/strict";
import { test } from "node:test";
import { addWorkingDays, dayOf, warehouseCalendar } from "../src/lib/calendar.js";

test("weekends and holidays do not count", () => {
  const day = addWorkingDays(new Date("2026-04-30T10:00:00Z"), 1, warehouseCalendar);
  assert.equal(dayOf(day), "2026-05-04");
});
