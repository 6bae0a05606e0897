import type { Observations } from "../../observations/observations.ts";
import type { CallGraph } from "./call-graph.ts";
import { type ComponentTrouble, type TroubleFamily, type Troubles, troubleFamilies } from "./component-trouble.ts";
import { type Explanation, explainByCalls } from "./explain-calls.ts";

/** Where trouble comes to rest, as shares of one. */
export interface TroubleFlow {
  /** What of all trouble arises here, 0..1 by component. */
  readonly rests: ReadonlyMap<string, number>;
  /** What of all trouble passes here, that which rests included. */
  readonly passes: ReadonlyMap<string, number>;
}

/** So much of the flow begins where trouble was noticed, the rest where it is. */
const FROM_TARGET = 0.5;
/** What was not noticed at the target counts less than what was: slow calls behind failures and the other way round. */
const OTHER_FAMILY = 0.5;
const ROUNDS_MAX = 40;
const LEFT_MIN = 1e-4;

/**
 * Follows trouble down the call graph to where it arises: it begins at the target and at each component in proportion to its excess, and each component hands on to
 * what it calls as much as that explains (`explainByCalls`), and keeps the rest. An absorbing walk along anomalous edges, after the traversal rule (a node is
 * the cause when what it calls is healthy: Chen et al., CauseInfer, INFOCOM 2014; Lin et al., MicroScope, ICSOC 2018) and the random walks of MonitorRank (Kim et al., SIGMETRICS
 * 2013), with amounts as weights, so that a rarely called proxy of slow calls does not tie with the busy service behind it.
 */
export function flowTrouble(
  observations: Observations,
  graph: CallGraph,
  troubles: Troubles,
  silence: ReadonlyMap<string, number>,
  noticed: TroubleFamily | null,
): TroubleFlow {
  const rests = new Map<string, number>();
  const passes = new Map<string, number>();
  let flow = startingFlow(observations, graph, troubles.of, noticed);
  const measured = new Set([
    ...observations.series.map(({ component }) => component),
    ...observations.operations.map(({ component }) => component),
    ...troubles.of.keys(),
  ]);
  const handsOn = new Map<string, Explanation[]>();
  for (let round = 0; round < ROUNDS_MAX && flow.size > 0; round += 1) {
    const next = new Map<string, number>();
    for (const [key, amount] of flow) {
      passes.set(key, (passes.get(key) ?? 0) + amount);
      let shares = handsOn.get(key);
      if (shares === undefined) {
        shares = divide(explainByCalls(key, graph, troubles, silence, measured));
        handsOn.set(key, shares);
      }
      let kept = amount;
      for (const { callee, share } of round === ROUNDS_MAX - 1 ? [] : shares) {
        const moved = amount * share;
        if (moved < LEFT_MIN) continue;
        kept -= moved;
        next.set(callee, (next.get(callee) ?? 0) + moved);
      }
      rests.set(key, (rests.get(key) ?? 0) + kept);
    }
    flow = next;
  }
  return { rests, passes };
}

/** What a component hands on to each that it calls: all together what they explain by noisy-or, each in proportion to its own explanation and excess. */
function divide(all: readonly Explanation[]): Explanation[] {
  const explanations = all.filter(({ share }) => share > 0.01);
  const together = 1 - explanations.reduce((rest, { share }) => rest * (1 - share), 1);
  // A second callee that is nearly as bad as the first one shares with it; one that is slightly touched does not.
  const weight = ({ share }: { share: number }) => share ** 2;
  const sum = explanations.reduce((total, one) => total + weight(one), 0);
  return explanations.map((one) => ({ callee: one.callee, share: sum > 0 ? (together * weight(one)) / sum : 0 }));
}

function startingFlow(
  observations: Observations,
  graph: CallGraph,
  troubles: ReadonlyMap<string, ComponentTrouble>,
  noticed: TroubleFamily | null,
): Map<string, number> {
  const start = new Map<string, number>();
  let weights = 0;
  for (const family of troubleFamilies) {
    const sure = [...troubles].flatMap(([key, one]) => {
      const trouble = one[family];
      return trouble === null || !graph.reach.has(key) ? [] : [[key, trouble.excess * trouble.significance] as const];
    });
    const total = sure.reduce((sum, [, amount]) => sum + amount, 0);
    const surest = Math.max(0, ...sure.map(([key]) => troubles.get(key)?.[family]?.significance ?? 0));
    if (total <= 0) continue;
    const weight = surest * (noticed === null || noticed === family ? 1 : OTHER_FAMILY);
    weights += weight;
    for (const [key, amount] of sure) start.set(key, (start.get(key) ?? 0) + (weight * amount) / total);
  }
  if (weights === 0) return start;
  const target = observations.target?.component;
  const own = target === undefined ? undefined : troubles.get(target);
  const noticedAt = Math.max(own?.latency?.significance ?? 0, own?.failures?.significance ?? 0);
  const fromTarget = FROM_TARGET * noticedAt;
  for (const [key, amount] of start) start.set(key, ((1 - fromTarget) * amount) / weights);
  if (target !== undefined && fromTarget > 0) start.set(target, (start.get(target) ?? 0) + fromTarget);
  return start;
}
