import { surpriseOfShares } from "../../detection/surprise.ts";
import { isNovel } from "../../inspections/observed/log-words.ts";
import type { Observed } from "../../inspections/observed/observed.ts";
import type { OperationShift } from "../../observations/observations.ts";
import { tellsOfTrouble } from "../../traces/tells-of-trouble.ts";
import { failedSpans } from "../components/failed-spans.ts";

/** From this harm on a series is a sign. */
const harmMin = 4;
/** A part of a score at this strength is a sign. */
const strengthMin = 0.3;
/** An operation that takes so many times as long is a sign. */
const slowerMin = 1.5;
/** A natural logarithm: failed spans are surely more than before. */
const surpriseMin = 5;
/** Values from before that a series needs to be a sign: one that began a moment before the trouble tells that its sender began. */
const baselineMin = 3;
/** Spans that are needed to say that an operation did not move. */
const spansMin = 20;

/**
 * What tells of trouble at a component, each source once by its reference: series, log patterns, operations. Several ways of looking at one series see the same
 * values; that is one sign.
 */
export function signsOfTrouble(observed: Observed, component: string): ReadonlySet<string> {
  const { observations, seriesOf, scoreOf } = observed;
  const refs = new Set<string>();
  const all = [...seriesOf.values()].flat();
  const begun = new Set(all.filter(({ shift }) => shift.pointsBefore < baselineMin).map(({ series }) => series.ref));
  for (const { series, harm } of all)
    if ((series.callee ?? series.component) === component && harm >= harmMin && !begun.has(series.ref))
      refs.add(series.ref);
  for (const { ref, strength } of scoreOf.get(component)?.parts ?? [])
    if (strength >= strengthMin && ref !== "" && !begun.has(ref)) refs.add(ref);
  for (const log of observations.logs)
    if (log.component === component && isNovel(log) && tellsOfTrouble(log.template, log.severity)) refs.add(log.ref);
  for (const operation of observations.operations)
    if (operation.component === component && hasMoved(observed, operation)) refs.add(operation.ref);
  return refs;
}

/** Whether an operation fails or takes longer than before. */
function hasMoved({ observations }: Observed, operation: OperationShift): boolean {
  const { before, now, rise } = failedSpans(operation, observations, "all");
  if (rise > 0 && surpriseOfShares(before, now) >= surpriseMin) return true;
  return now.of >= spansMin && operation.incident.medianMs > slowerMin * operation.baseline.medianMs;
}

/** Whether logs or spans of a component are known from before and from the trouble, enough to say that nothing happened there. */
export function isHeard({ observations }: Observed, component: string): { logs: boolean; spans: boolean } {
  return {
    logs: observations.logs.some(
      (one) => one.component === component && one.baselinePerMinute > 0 && one.incidentPerMinute > 0,
    ),
    spans: observations.operations.some((operation) => {
      if (operation.component !== component) return false;
      const { before, now } = failedSpans(operation, observations, "all");
      return before.of >= spansMin && now.of >= spansMin;
    }),
  };
}
