import type { Diagnosis } from "../diagnose.ts";
import { shortSha } from "../inspections/context.ts";
import type { RankedHypothesis } from "../ranking/rank-hypotheses.ts";
import type { World } from "../world/world.ts";
import { escapeMarkdown as safe } from "./escape-markdown.ts";

/** What stops the harm before anything is repaired, and whom that touches; null where nothing is blamed. */
export function mitigation(world: World, diagnosis: Diagnosis, top: RankedHypothesis): string | null {
  if (diagnosis.verdict === "inconclusive") return null;
  const radius = blastRadius(world, top.component ?? componentOfService(world));
  if (diagnosis.culpritCommit !== null) {
    const before = world.before?.commitSha ?? null;
    return `${before === null ? "Revert" : `Roll back to ${shortSha(before)}, or revert`} ${shortSha(diagnosis.culpritCommit)}. ${radius}`;
  }
  if (top.component !== null && top.advice !== null) return `${safe(top.advice, 600)} ${radius}`;
  if (top.subject.kind === "config_change") return `Set the changed values back. ${radius}`;
  return null;
}

/** The key under which observations know the incident's service. */
function componentOfService({ observed, incident }: World): string | null {
  const target = observed?.target?.component;
  if (target !== undefined) return target;
  const [namesake, other] = (observed?.components ?? []).filter(({ name }) => name === incident.service);
  return namesake === undefined || other !== undefined ? null : namesake.key;
}

/** Who feels it when the component is taken back or restarted: all that call it, directly or through others. */
function blastRadius(world: World, component: string | null): string {
  const edges = world.observed?.edges ?? [];
  const isKnown = edges.some(({ from, to }) => from === component || to === component);
  if (component === null || !isKnown) return "Who else depends on it is not known.";
  const found = new Set<string>();
  let here = [component];
  while (here.length > 0 && found.size < 500) {
    here = edges.flatMap(({ from, to }) => (here.includes(to) && !found.has(from) && from !== component ? [from] : []));
    for (const key of here) found.add(key);
  }
  if (found.size === 0) return "Nothing is known to depend on it, so what is done touches it alone.";
  const names = [...found]
    .slice(0, 8)
    .map((key) => safe(world.observed?.components.find((one) => one.key === key)?.name ?? key, 100));
  return `Blast radius: ${found.size} ${found.size === 1 ? "component depends" : "components depend"} on it (${names.join(", ")}${found.size > names.length ? ", …" : ""}).`;
}
