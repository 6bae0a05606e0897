import { inspectObservations } from "../inspections/observed/inspect-observations.ts";
import type { World } from "../world/world.ts";
import { rankComponents } from "./components/rank-components.ts";
import { startingOf } from "./observed-weights.ts";
import { alternativesOf } from "./rank-observed.ts";

/** One alternative with what was seen of it, as the numbers that weights are fitted on. */
export interface AlternativeSignals {
  readonly kind: "component" | "change" | "traffic" | "unknown";
  readonly component: string | null;
  readonly change_id: string | null;
  readonly features: Readonly<Record<string, number>>;
}

/** Every alternative of a world with its features, before they are weighed; empty without observations. */
export function signalsOfWorld(world: World): AlternativeSignals[] {
  if (world.observed === null) return [];
  const { observed, findings } = inspectObservations(world, world.observed, rankComponents(world.observed));
  return alternativesOf(observed, findings).map(({ subject, component, change, findings: own }) => {
    const features: Record<string, number> = { [startingOf(subject)]: 1 };
    for (const { feature, value } of own) features[feature] = (features[feature] ?? 0) + value;
    const { kind } = subject;
    return {
      kind: change !== null ? "change" : kind === "component" || kind === "traffic" ? kind : "unknown",
      component,
      change_id: change?.id ?? null,
      features,
    };
  });
}
