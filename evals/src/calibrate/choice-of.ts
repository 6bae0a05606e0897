import { inspectObservations } from "../../../server/src/analysis/inspections/observed/inspect-observations.ts";
import { rankComponents } from "../../../server/src/analysis/ranking/components/rank-components.ts";
import { startingOf } from "../../../server/src/analysis/ranking/observed-weights.ts";
import { alternativesOf } from "../../../server/src/analysis/ranking/rank-observed.ts";
import type { World } from "../../../server/src/analysis/world/world.ts";
import type { Truth } from "../scenarios/fault.ts";

/** One case: what was seen of each alternative, by feature, and which alternatives are right. */
export interface Choice {
  readonly kind: string;
  readonly alternatives: readonly { readonly features: Readonly<Record<string, number>>; readonly isRight: boolean }[];
}

/** The alternatives of a case with their features; null where none of them is right, which teaches nothing. */
export function choiceOf(world: World, truth: Truth): Choice | null {
  if (world.observed === null) return null;
  const { observed, findings } = inspectObservations(world, world.observed, rankComponents(world.observed));
  const alternatives = alternativesOf(observed, findings);
  const known = new Set(alternatives.flatMap(({ change }) => change?.id ?? []));
  const coded = alternatives.map(({ subject, component, change, findings: own }) => {
    const features: Record<string, number> = { [startingOf(subject)]: 1 };
    for (const { feature, value } of own) features[feature] = (features[feature] ?? 0) + value;
    const causes = truth.causes.filter((cause) => cause.component === component);
    const isRight =
      subject.kind === "unknown"
        ? truth.causes.length === 0 || truth.mayBeNone
        : subject.kind === "traffic"
          ? causes.some(({ types }) => types.includes("traffic"))
          : change !== null
            ? truth.causes.some(({ changeId }) => changeId === change.id)
            : causes.some(
                ({ changeId, types }) =>
                  (changeId === null || !known.has(changeId)) && types.some((type) => type !== "traffic"),
              );
    return { features, isRight };
  });
  return coded.some(({ isRight }) => isRight) ? { kind: truth.kind, alternatives: coded } : null;
}
