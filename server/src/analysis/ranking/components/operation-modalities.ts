import type { ScorePart } from "../../observations/component-score.ts";
import type { Observations } from "../../observations/observations.ts";
import { failingOperations } from "./failing-operations.ts";
import { logNovelty } from "./log-novelty.ts";
import type { Credit, Modality } from "./modality.ts";
import { operationEvents } from "./operation-events.ts";
import { slowLinks } from "./operation-links.ts";
import { brokenOff } from "./operation-sequences.ts";
import { slowOperations } from "./operation-time.ts";

/** The ways of looking at traces and logs, and what each adds to a score at full strength. */
const modalities: readonly { readonly look: Modality; readonly weight: number }[] = [
  { look: operationEvents, weight: 0.9 },
  { look: brokenOff, weight: 0.9 },
  { look: slowLinks, weight: 0.9 },
  { look: failingOperations, weight: 0.9 },
  { look: slowOperations, weight: 0.6 },
  { look: logNovelty, weight: 0.5 },
];

/** How much of a component's trouble that of its strongest callee explains at most. */
const EXPLAINED = 0.7;

/**
 * What traces and logs say of each component, each way with the weight that it has in a score. What the trouble of a component explains is taken off
 * from those who call it: of those in trouble along a path of calls the deepest is likelier the cause (Chen et al., CauseInfer, INFOCOM 2014), whichever
 * way it shows, since a callee that is slow makes its callers write errors.
 * @param credit how far callers are believed about those that they call
 */
export function scoreEvents(
  observations: Observations,
  credit: Credit = () => 1,
): ReadonlyMap<string, readonly { readonly part: ScorePart; readonly weight: number }[]> {
  const found = new Map<string, { part: ScorePart; weight: number }[]>();
  for (const { look, weight } of modalities)
    for (const [component, part] of look(observations, credit))
      if (part.strength > 0) found.set(component, [...(found.get(component) ?? []), { part, weight }]);
  const trouble = new Map(
    [...found].map(([component, parts]) => [
      component,
      1 - parts.reduce((rest, { part, weight }) => rest * (1 - weight * part.strength), 1),
    ]),
  );
  const behind = new Map<string, number>();
  for (const { from, to } of observations.edges)
    if (from !== to) behind.set(from, Math.max(behind.get(from) ?? 0, trouble.get(to) ?? 0));
  return new Map(
    [...found].map(([component, parts]) => {
      const left = 1 - EXPLAINED * (behind.get(component) ?? 0);
      return [
        component,
        parts.map(({ part, weight }) => ({ part: { ...part, strength: left * part.strength }, weight })),
      ];
    }),
  );
}
