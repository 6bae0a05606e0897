import { expect, test } from "vitest";
import { headlineOf } from "./headline.ts";

const near = "stock began to run 4.2.0 (deployment) was made 3 s before the trouble began at stock";
const series =
  'culprit.red.errors{route="GET /charge"} (rate) rose from a median of 0 to one of 0.238 (worst tenth 0.296), over 100 robust standard deviations';

test("a change is named once, with its distance from the trouble and one more reason, without labels and statistics", () => {
  const what = "stock began to run 4.2.0";
  expect(headlineOf({ verdict: "confirmed", what, place: "stock", reasons: [near, `stock: ${series}`] })).toBe(
    "Cause: stock began to run 4.2.0, 3 s before the trouble began at stock; culprit.red.errors (rate) rose from a median of 0 to one of 0.238.",
  );
});

test("of a reason in several clauses the first is told", () => {
  const reasons = [`payments: 100 % of the trouble with calls arises here; ${series}`];
  expect(headlineOf({ verdict: "likely", what: "payments", place: "payments", reasons })).toBe(
    "Likely cause: payments; 100 % of the trouble with calls arises there.",
  );
});

test("without a reason the cause alone is named; a unit in braces is no label", () => {
  expect(headlineOf({ verdict: "likely", what: "More traffic than usual at web", place: null, reasons: [""] })).toBe(
    "Likely cause: More traffic than usual at web.",
  );
  const reasons = ["pending rose from 2 to 58.5 {request}, 38.1 robust standard deviations"];
  expect(headlineOf({ verdict: "likely", what: "payments", place: null, reasons })).toContain("58.5 {request}.");
});
