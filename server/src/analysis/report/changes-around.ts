import type { Diagnosis } from "../diagnose.ts";
import { spanOf } from "../inspections/span-of.ts";
import type { Observations, ObservedChange } from "../observations/observations.ts";
import type { World } from "../world/world.ts";
import { escapeMarkdown as safe } from "./escape-markdown.ts";

const shownMax = 12;
const reachMs = 6 * 3_600_000;
const minuteMs = 60_000;
/** So little a component may be suspected itself where it is cleared. */
const unlikelyMax = 0.05;

/**
 * Changes near the first failure, nearest first, the blamed one marked, and what was looked at and cleared; null where none is known. Their distance is that from
 * the first failure itself, not from the whole minute in which figures begin to be compared.
 */
export function changesAround(world: World, diagnosis: Diagnosis): string | null {
  const { observed } = world;
  if (observed === null || observed.changes.length === 0) return null;
  const firstAt = Date.parse(world.incident.firstAt);
  const near = observed.changes
    .map((change) => ({ change, lagMs: firstAt - change.at }))
    .filter(({ lagMs, change }) => lagMs <= reachMs && change.at <= observed.incident.to)
    .sort((a, b) => Math.abs(a.lagMs) - Math.abs(b.lagMs));
  if (near.length === 0) return `Nothing in the ${spanOf(reachMs)} before; the last known change is older.`;
  const opened = toReadOf(observed, diagnosis, near);
  const lines = near.slice(0, shownMax).flatMap(({ change, lagMs }) => {
    const where = change.component === null ? "" : ` of ${safe(change.component, 100)}`;
    const isBlamed = change.id === diagnosis.culpritChange;
    const cleared = isBlamed ? null : clearedBy(observed, diagnosis, change);
    const mark = isBlamed ? " — **blamed**" : cleared === null ? "" : ` — cleared: ${cleared}`;
    const read =
      change !== opened
        ? []
        : (change.brought ?? []).map(({ sha, summary }) => `  - ${sha.slice(0, 10)}: ${safe(summary, 300)}`);
    return [
      `- ${whenOf(lagMs, firstAt)}: ${safe(change.title, 200)} (${change.kind}${where})${mark}`,
      ...(read.length === 0
        ? []
        : ["  - It brought, in the order in which to read it:", ...read.map((line) => `  ${line}`)]),
    ];
  });
  if (near.length > shownMax) lines.push(`- … and ${near.length - shownMax} more.`);
  return lines.join("\n");
}

/** The change whose commits are listed: the blamed one, else the nearest one before that nothing clears. */
function toReadOf(
  observed: Observations,
  diagnosis: Diagnosis,
  near: readonly { readonly change: ObservedChange; readonly lagMs: number }[],
): ObservedChange | null {
  if (diagnosis.culpritChange !== null)
    return near.find(({ change }) => change.id === diagnosis.culpritChange)?.change ?? null;
  const open = near.find(
    ({ change, lagMs }) =>
      lagMs >= 0 && (change.brought ?? []).length > 0 && clearedBy(observed, diagnosis, change) === null,
  );
  return open?.change ?? null;
}

/** An alert knows the step of a series in which it began, an error its instant on its sender's clock: what is a little later may still have come before. */
function whenOf(lagMs: number, firstAt: number): string {
  if (lagMs >= 0) return `${spanOf(lagMs)} before the trouble was noticed`;
  if (-lagMs < minuteMs && firstAt % minuteMs === 0) return "in the minute in which the trouble was noticed";
  return `${spanOf(-lagMs)} after the trouble was noticed${-lagMs < minuteMs ? ", or before it: steps of series and clocks of senders differ by so much" : ""}`;
}

/** What clears a change beside the one that is blamed: a rule, or that its component only suffers from one that it calls. */
function clearedBy(
  { components, edges }: Observations,
  { hypotheses, causes, culpritComponent }: Diagnosis,
  { id, component }: ObservedChange,
): string | null {
  const own = hypotheses.find(
    ({ subject }) => (subject.kind === "change" || subject.kind === "config_change") && subject.id === id,
  );
  const rules = new Set(own?.against.map(({ inspection }) => inspection));
  if (rules.has("critic:regression_before_deploy")) return "the trouble had begun before it";
  if (rules.has("critic:accused_healthy")) return "its own series are as before";
  if (component === null || culpritComponent === null || component === culpritComponent) return null;
  const share = causes.find((one) => one.component === component)?.confidence ?? 1;
  if (share > unlikelyMax || !calledBy(component, edges).has(culpritComponent)) return null;
  const culprit = components.find(({ key }) => key === culpritComponent)?.name ?? culpritComponent;
  return `the trouble comes from ${safe(culprit, 100)}, which it calls`;
}

/** All that a component calls, directly or through others. */
function calledBy(component: string, edges: Observations["edges"]): ReadonlySet<string> {
  const found = new Set([component]);
  // A set that grows while it is walked is walked to its end.
  for (const key of found) for (const { from, to } of edges) if (from === key) found.add(to);
  return found;
}
