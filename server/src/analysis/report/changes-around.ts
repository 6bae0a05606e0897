import type { Diagnosis } from "../diagnose.ts";
import { spanOf } from "../inspections/span-of.ts";
import type { World } from "../world/world.ts";
import { escapeMarkdown as safe } from "./escape-markdown.ts";

const shownMax = 12;
const reachMs = 6 * 3_600_000;

/** Changes near the beginning of the trouble, nearest first, the blamed one marked; null where none is known. */
export function changesAround(world: World, diagnosis: Diagnosis): string | null {
  const { observed } = world;
  if (observed === null || observed.changes.length === 0) return null;
  const near = observed.changes
    .map((change) => ({ change, lagMs: observed.incident.from - change.at }))
    .filter(({ lagMs, change }) => lagMs <= reachMs && change.at <= observed.incident.to)
    .sort((a, b) => Math.abs(a.lagMs) - Math.abs(b.lagMs));
  if (near.length === 0) return `Nothing in the ${spanOf(reachMs)} before; the last known change is older.`;
  const lines = near.slice(0, shownMax).map(({ change, lagMs }) => {
    const when = lagMs >= 0 ? `${spanOf(lagMs)} before` : `${spanOf(-lagMs)} after`;
    const where = change.component === null ? "" : ` of ${safe(change.component, 100)}`;
    const mark = change.id === diagnosis.culpritChange ? " — **blamed**" : "";
    return `- ${when} the trouble was noticed: ${safe(change.title, 200)} (${change.kind}${where})${mark}`;
  });
  if (near.length > shownMax) lines.push(`- … and ${near.length - shownMax} more.`);
  return lines.join("\n");
}
