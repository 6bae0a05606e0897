import { expect, test } from "vitest";
import { refuseOldServer } from "./refuse-old-server.ts";

test("PostgreSQL 14 is refused by its version, 15 and 18 are accepted", () => {
  expect(() => refuseOldServer(140_011)).toThrow(/PostgreSQL 14\.11, and Culprit needs 15/);
  expect(() => refuseOldServer(150_000)).not.toThrow();
  expect(() => refuseOldServer(180_004)).not.toThrow();
});
