import { expect, test } from "vitest";
import { hintsIn } from "./values-in-payload.ts";

test("a failing input may hold what the message names and what was sent", () => {
  expect(hintsIn("no such channel: letter", [])).toEqual(["no", "such", "channel", "letter"]);
  expect(hintsIn("Unexpected token 'c', \"country:AT\" is not valid JSON", [])).toContain("country:AT");
  expect(hintsIn("failed", [{ extra: { job: { channel: "fax", wait: 70, note: "x".repeat(200) } } }])).toEqual([
    "failed",
    "fax",
    70,
  ]);
});

test("however long the message and however large the payload, the hints are few", () => {
  const large = { rows: Array.from({ length: 500 }, (_, at) => ({ at, name: `row ${at}` })) };
  expect(hintsIn("word ".repeat(10_000), [large]).length).toBeLessThanOrEqual(40);
});
