import { expect, test } from "vitest";
import { plainObservations } from "../../../test/scenario/plain-observations.ts";
import { patchOf, plainCommit, plainWorld } from "../../../test/scenario/plain-world.ts";
import { type Diagnosis, diagnose } from "./diagnose.ts";
import type { World } from "./world/world.ts";

/** A commit that wrote the failing line at whatever time: it says where the failure shows, not why it began. */

const lib = [
  "export async function ask(url) {",
  '  const res = await fetch(url ?? "http://inventory/stock");',
  "  if (res.statusCode >= 500) throw new Error(`GET ${url} answered ${res.statusCode}`);",
  "  return res.body.items[0].id;",
  "}",
];
const root = plainCommit(
  "a",
  patchOf(
    "src/lib.js",
    1,
    lib.map((line) => `+${line}`),
  ),
  "A small shop",
);

/** The first revision that is known of a service, eleven minutes before it failed. */
function firstKnown(line: number, message: string, overrides: Partial<World> = {}): World {
  const world = plainWorld({
    sources: { "src/lib.js": lib.join("\n") },
    failing: { path: "src/lib.js", line },
    message,
    commits: [root],
  });
  if (world.range === null || world.running === null) throw new Error("the world has no range");
  const running = { ...world.running, fromAt: "2026-01-01T11:49:00.000Z" };
  const blamed = world.blame.places.map((place) => ({
    ...{ path: place.path, line: place.line, sha: root.sha, originalPath: place.path },
    committedAt: root.authoredAt,
  }));
  return {
    ...world,
    ...{ before: null, watchBefore: null, running, revisions: [running], earlierCommits: [] },
    range: { ...world.range, previousCommit: null, isApproximate: true },
    blame: { ...world.blame, blamed, touching: [{ ...root, committedAt: root.authoredAt }] },
    ...overrides,
  };
}
const ofRoot = (answer: Diagnosis) => answer.hypotheses.find(({ subject }) => subject.kind === "commit");
const undefinedId = "Cannot read properties of undefined (reading 'id')";

test("where what ran before is not known, nobody is blamed for having written the failing line, and it stands below 0.50", () => {
  const answer = diagnose(firstKnown(4, undefinedId));
  expect(answer).toMatchObject({ verdict: "inconclusive", culpritCommit: null, culpritChange: null });
  expect(ofRoot(answer)?.confidence).toBeGreaterThan(0);
  expect(ofRoot(answer)?.confidence).toBeLessThan(0.5);
});

test.each([
  "GET http://inventory/stock answered 500",
  "GET /stock timed out",
  "socket hang up",
  "connect ECONNREFUSED",
])(
  "an error that tells of another system speaks against who wrote the call, as it does where the range is known: %s",
  (message) => {
    const [unknown, plain] = [diagnose(firstKnown(3, message)), diagnose(firstKnown(4, undefinedId))];
    expect(unknown.culpritCommit).toBeNull();
    expect(unknown.hypotheses[0]?.subject.kind).toBe("outside");
    expect(ofRoot(unknown)?.confidence ?? 0).toBeLessThan(ofRoot(plain)?.confidence ?? 0);
    const against = unknown.hypotheses.flatMap((one) => (one.subject.kind === "commit" ? one.against : []));
    for (const { text } of against) expect(text).not.toContain("changes");
  },
);

const usual = (component: string) => [
  { component, measure: "traffic" as const, metric: "requests", before: 50, during: 50, statistic: "rate" },
  { component, measure: "latency" as const, metric: "duration", before: 0.1, during: 0.1 },
  { component, measure: "errors" as const, metric: "failures", before: 0.1, during: 0.1 },
];
const failing = (component: string) =>
  usual(component).map((one) => (one.measure === "errors" ? { ...one, during: 20 } : one));
const shop = plainObservations({
  components: [{ key: "shop" }, { key: "inventory" }],
  edges: [["shop", "inventory"]],
  series: [...failing("shop"), ...failing("inventory")],
  changes: [{ id: "s1", kind: "config", minutes: -1, component: "inventory", title: "POOL_SIZE of inventory" }],
});

test("who wrote the line stands behind a change that was measured, and takes nothing from it", () => {
  const alone = diagnose(firstKnown(3, "the reply has no body", { observed: shop, range: null, blame: plainBlame() }));
  const answer = diagnose(firstKnown(3, "the reply has no body", { observed: shop }));
  expect(alone).toMatchObject({ culpritChange: "s1", culpritComponent: "inventory" });
  expect(answer).toMatchObject({ culpritChange: "s1", culpritComponent: "inventory", confidence: alone.confidence });
});

test("an error that tells of another system is no sign for its releases, nor for a cause that was not measured", () => {
  const answer = diagnose(firstKnown(3, "GET http://inventory/stock answered 500", { observed: shop }));
  expect(answer).toMatchObject({ culpritChange: "s1", culpritCommit: null });
  const told = answer.hypotheses
    .filter(({ subject }) => subject.kind === "change" || subject.kind === "unknown")
    .flatMap((one) => one.for.filter(({ inspection }) => inspection === "outside_dependency"));
  expect(told).toEqual([]);
});

function plainBlame(): World["blame"] {
  return { ranAt: "", places: [], blamed: [], touching: [] };
}
