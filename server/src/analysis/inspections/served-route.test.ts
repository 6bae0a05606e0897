import { expect, test } from "vitest";
import { plainObservations, troubleAt } from "../../../../test/scenario/plain-observations.ts";
import { patchOf, plainCommit, plainWorld } from "../../../../test/scenario/plain-world.ts";
import { diagnose } from "../diagnose.ts";
import type { OperationStatistics } from "../observations/observations.ts";
import { inspect } from "./inspect.ts";

const code = [
  "export function total(cart) {",
  "  const lines = cart.items;",
  "  return lines.length * cart.voucher.share;",
  "}",
];
const commit = plainCommit(
  "a",
  patchOf("src/total.js", 2, [
    " \u0020const lines = cart.items;",
    "-  return lines.length;",
    "+  return lines.length * cart.voucher.share;",
  ]),
  "Vouchers",
);
const usual: OperationStatistics = { perMinute: 30, errorShare: 0, medianMs: 10, p95Ms: 20, selfMs: 10 };

/** A commit that wrote the failing line, deployed so many minutes before it failed; what its route answered before and since. */
function world(minutes: number, before: Partial<OperationStatistics>, since: Partial<OperationStatistics>) {
  const plain = plainWorld({
    sources: { "src/total.js": code.join("\n") },
    failing: { path: "src/total.js", line: 3 },
    message: "Cannot read properties of undefined (reading 'share')",
    commits: [commit],
    incident: { route: "/cart/17", firstAt: new Date(troubleAt).toISOString() },
  });
  if (plain.running === null) throw new Error("nothing runs");
  const observed = plainObservations({ components: [{ key: "shop" }], series: [] });
  const operation = {
    ...{ component: "shop", operation: "GET /cart/:id", ref: "operation:shop GET /cart/:id" },
    ...{ baseline: { ...usual, ...before }, incident: { ...usual, ...since } },
  };
  return {
    ...plain,
    running: { ...plain.running, fromAt: new Date(troubleAt - minutes * 60_000).toISOString() },
    observed: { ...observed, operations: [operation] },
  };
}
const servedOf = (given: ReturnType<typeof world>) =>
  inspect(given).findings.filter(({ inspection }) => inspection === "served_route");

test("a commit whose revision answered the failing route for long is told so and not confirmed; the day that it was deployed it is", () => {
  const late = world(3000, {}, { errorShare: 0.6 });
  expect(servedOf(late)).toMatchObject([
    {
      subject: { sha: commit.sha },
      weight: -2.5,
      text: expect.stringMatching(/run for 2 days.* 1800 of 1800 requests/),
    },
  ]);
  const answer = diagnose(late);
  expect(answer.verdict).not.toBe("confirmed");
  expect(answer.hypotheses.flatMap((one) => one.against.map(({ inspection }) => inspection))).toContain("served_route");
  const soon = world(1, {}, { errorShare: 0.6 });
  expect(servedOf(soon)).toEqual([]);
  expect(diagnose(soon)).toMatchObject({ verdict: "confirmed", culpritCommit: commit.sha });
});

test("a route that was hardly asked, that fails rarely, that failed before or of which nothing is known clears nobody", () => {
  expect(servedOf(world(3000, { perMinute: 0.05 }, { errorShare: 0.6 }))).toEqual([]);
  expect(servedOf(world(3000, {}, { errorShare: 0.001 }))).toEqual([]);
  expect(servedOf(world(3000, { errorShare: 0.5 }, { errorShare: 0.6 }))).toEqual([]);
  const unknown = world(3000, {}, { errorShare: 0.6 });
  expect(servedOf({ ...unknown, observed: { ...unknown.observed, operations: [] } })).toEqual([]);
  expect(diagnose(world(3000, { perMinute: 0.05 }, { errorShare: 0.6 })).culpritCommit).toBe(commit.sha);
});
