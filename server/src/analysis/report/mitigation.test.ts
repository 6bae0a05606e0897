import { expect, test } from "vitest";
import { patchOf, plainCommit, plainWorld } from "../../../../test/scenario/plain-world.ts";
import { diagnose } from "../diagnose.ts";
import type { Edge, Observations } from "../observations/observations.ts";
import { mitigation } from "./mitigation.ts";

const cart = "default/production/cart";

/** What is said about taking back a setting of the incident's service, `cart`. */
function said(edges: readonly Edge[]): string | null {
  const keys = [...new Set([cart, ...edges.flatMap(({ from, to }) => [from, to])])];
  const observed: Observations = {
    ...{ baseline: { from: 0, to: 1 }, incident: { from: 1, to: 2 }, edges, series: [], logs: [], operations: [] },
    ...{ links: [], spanPatterns: [], brokenSequences: [], changes: [], gaps: [] },
    target: { component: cart, measure: null, seriesId: null },
    components: keys.map((key) => ({
      ...{ key, name: key.split("/").at(-1) ?? key, kind: "service" as const, isOwned: true, partOf: null },
    })),
  };
  const world = plainWorld({
    ...{ sources: {}, failing: [], message: "x", commits: [plainCommit("d", patchOf("a.md", 1, ["-a", "+b"]))] },
    overrides: { observed: null },
  });
  const [top] = diagnose(world).hypotheses;
  if (top === undefined) throw new Error("no hypothesis");
  return mitigation(
    { ...world, incident: { ...world.incident, service: "cart" }, observed },
    { ...diagnose(world), verdict: "likely", culpritCommit: null },
    { ...top, subject: { kind: "config_change", id: "c" }, component: null, advice: null },
  );
}

test("who calls the service is named, though only its name is known where a setting is blamed", () => {
  expect(said([{ from: "default/production/web", to: cart }])).toMatch(/1 component depends on it \(web\)/);
});

test("that nothing depends on it is said only where its own calls are known", () => {
  expect(said([{ from: cart, to: "default/production/stock" }])).toContain("Nothing is known to depend on it");
  expect(said([{ from: "default/production/a", to: "default/production/b" }])).toContain("is not known");
});
