import type {
  BrokenSequence,
  Edge,
  LinkShift,
  LogPattern,
  OperationShift,
  SpanPattern,
} from "../observations/observations.ts";
import { brokenSequences } from "./broken-sequences.ts";
import { executionsOf } from "./executions.ts";
import { linkShifts } from "./link-shifts.ts";
import { logPatterns } from "./log-patterns.ts";
import { operationShifts } from "./operation-shifts.ts";
import { spanPatterns } from "./span-patterns.ts";
import { linkSpans } from "./span-tree.ts";
import type { TraceWindow } from "./trace-event.ts";

/** What spans and log lines of two times say, as the engine reads it. */
export interface ObservedTraces {
  readonly edges: readonly Edge[];
  readonly operations: readonly OperationShift[];
  readonly logs: readonly LogPattern[];
  readonly links: readonly LinkShift[];
  readonly spanPatterns: readonly SpanPattern[];
  readonly brokenSequences: readonly BrokenSequence[];
}

/** Compares spans and log lines of the time before with those of the trouble. Pure; the order of the input does not matter. */
export function observeTraces(baseline: TraceWindow, incident: TraceWindow): ObservedTraces {
  const [before, now] = [linkSpans(baseline.spans), linkSpans(incident.spans)];
  const doneBefore = executionsOf({ spans: before, logs: baseline.logs });
  const doneNow = executionsOf({ spans: now, logs: incident.logs, ...untilOf(incident) });
  const edges = new Map<string, Edge>();
  for (const { span, parent } of [...before, ...now])
    if (parent !== null && parent.component !== span.component)
      edges.set(`${parent.component}\n${span.component}`, { from: parent.component, to: span.component });
  return {
    edges: [...edges.values()].sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to)),
    operations: operationShifts(
      { spans: before, minutes: baseline.minutes },
      { spans: now, minutes: incident.minutes },
    ),
    logs: logPatterns(baseline, incident),
    links: linkShifts(before, now),
    spanPatterns: spanPatterns(doneBefore, doneNow),
    brokenSequences: brokenSequences(doneBefore, doneNow),
  };
}

function untilOf({ logsUntil }: TraceWindow): Pick<TraceWindow, "logsUntil"> {
  return logsUntil === undefined ? {} : { logsUntil };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
