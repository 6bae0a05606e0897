import type { CallGraph } from "./call-graph.ts";
import { ARRIVE_MIN, type ComponentTrouble, consensusOf, type Troubles } from "./component-trouble.ts";

/** How far the trouble of a caller is explained by one component that it calls. */
export interface Explanation {
  readonly callee: string;
  /** 0..1 */
  readonly share: number;
}

/** Slow calls make failing ones by time-outs, failing ones make slow ones by tries that are repeated. */
const FAILS_BECAUSE_SLOW = 0.9;
const SLOW_BECAUSE_FAILING = 0.6;
const BECAUSE_SILENT = 0.9;
/** Callers' habits differ by so much without meaning anything. */
const GROWTH_USUAL = 1.25;
/** What nobody measured may be the reason, while everything that was measured is not. */
const UNSEEN = 0.35;

/**
 * What the components that a caller calls explain of its own trouble, each on its own. By amounts, a callee explains what its excess makes of the caller's (callers share
 * it by their own excess); by kind, a callee that is clearly and badly in trouble explains its caller even where the caller waits longer, because pools and
 * queues multiply waiting. A callee that is only slow because this caller calls it more than its own calls demand explains nothing: there the caller is the
 * cause (repeated tries, a cache that lost its entries, a query for each row). Calls that are slow on their way, as traces tell, explain by the end that is taken for the slow one. What only one of several callers sees is likelier that one's own. Calls that do not arrive any more are explained by who does not take them.
 * @param measured components of which anything was measured
 */
export function explainByCalls(
  key: string,
  graph: CallGraph,
  { of: troubles, credit, onTheWay }: Troubles,
  silence: ReadonlyMap<string, number>,
  measured: ReadonlySet<string>,
): Explanation[] {
  const own = troubles.get(key);
  const [slow, failing] = [own?.latency ?? null, own?.failures ?? null];
  const slowWeight = slow?.significance ?? 0;
  const failWeight = failing?.significance ?? 0;
  if (own === undefined || slowWeight + failWeight === 0) return [];
  return (graph.callees.get(key) ?? []).map((callee) => {
    const other = troubles.get(callee);
    const late = onTheWay(key, callee);
    if (other === undefined)
      return {
        callee,
        share: Math.max(late, BECAUSE_SILENT * (silence.get(callee) ?? 0), measured.has(callee) ? 0 : UNSEEN),
      };
    const believed = consensusOf(key, other, credit(key, callee));
    const theirSlow = strong(other.latency ?? null);
    const theirFail = other.failures?.significance ?? 0;
    const byFailing = theirFail * ratio(other.failures?.severity ?? 0, failing?.severity ?? 0);
    const quiet = BECAUSE_SILENT * (silence.get(callee) ?? 0);
    const refused = refusalOf(own, other);
    const demanded = demandFactor(own, other);
    const latency = Math.max(
      believed * demanded * amount("latency", key, callee, graph, troubles),
      believed * demanded * theirSlow,
      believed * demanded * SLOW_BECAUSE_FAILING * theirFail * Math.sqrt(other.failures?.severity ?? 0),
      late,
      quiet,
    );
    const failures = Math.max(
      believed * demanded * amount("failures", key, callee, graph, troubles),
      believed * demanded * byFailing,
      believed * demanded * FAILS_BECAUSE_SLOW * theirSlow,
      FAILS_BECAUSE_SLOW * late,
      quiet,
      refused,
    );
    return { callee, share: Math.min(1, (slowWeight * latency + failWeight * failures) / (slowWeight + failWeight)) };
  });
}

/** A slow-down is strong when it is sure and by factors: twice as slow counts half. */
function strong(trouble: ComponentTrouble["latency"]): number {
  return trouble === null ? 0 : trouble.significance * trouble.severity;
}

function ratio(part: number, whole: number): number {
  return whole <= 0 ? (part > 0 ? 1 : 0) : Math.min(1, part / whole);
}

/** The part of the caller's excess that the callee's makes, where callers share it by their own excess. */
function amount(
  family: "latency" | "failures",
  key: string,
  callee: string,
  graph: CallGraph,
  troubles: ReadonlyMap<string, ComponentTrouble>,
): number {
  const excess = (one: string) => troubles.get(one)?.[family]?.excess ?? 0;
  const theirs = troubles.get(callee)?.[family];
  const mine = excess(key);
  if (theirs == null || mine <= 0) return 0;
  const all = (graph.callers.get(callee) ?? []).reduce((sum, caller) => sum + excess(caller), 0);
  return Math.min(1, (theirs.excess * theirs.significance) / Math.max(all, mine));
}

/** 1 where the callee is called as usual, less the more its calls grew beyond those of the caller. */
function demandFactor(own: ComponentTrouble, other: ComponentTrouble): number {
  if (other.growth == null) return 1;
  const extra = other.growth / Math.max(1, own.growth ?? 1);
  const excessive = extra <= GROWTH_USUAL ? 0 : 1 - GROWTH_USUAL / extra;
  return 1 - other.growthSignificance * excessive;
}

/** How surely calls do not arrive any more although the caller itself is called as before. */
function refusalOf(own: ComponentTrouble, other: ComponentTrouble): number {
  if (other.growth == null) return 0;
  const arriving = other.growth / Math.max(0.1, own.growth ?? 1);
  return arriving >= ARRIVE_MIN ? 0 : other.growthSignificance * (1 - arriving);
}
