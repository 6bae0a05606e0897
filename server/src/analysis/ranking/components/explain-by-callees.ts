import type { ScorePart } from "../../observations/component-score.ts";
import type { Observations } from "../../observations/observations.ts";

/** How much of a component's trouble that of its strongest callee explains at most. */
const EXPLAINED = 0.8;

/**
 * Takes off what is explained by the trouble of what a component calls: of those that show the same kind of trouble along a path of calls, the deepest is
 * likelier the cause (Chen et al., CauseInfer, INFOCOM 2014).
 */
export function explainByCallees(
  parts: ReadonlyMap<string, ScorePart>,
  observations: Observations,
): ReadonlyMap<string, ScorePart> {
  const behind = new Map<string, number>();
  for (const { from, to } of observations.edges)
    if (from !== to) behind.set(from, Math.max(behind.get(from) ?? 0, parts.get(to)?.strength ?? 0));
  return new Map(
    [...parts].map(([component, part]) => [
      component,
      { ...part, strength: part.strength * (1 - EXPLAINED * (behind.get(component) ?? 0)) },
    ]),
  );
}
