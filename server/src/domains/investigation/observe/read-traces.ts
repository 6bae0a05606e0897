import type { LogSeverity, SpanRecord } from "@culprit/contract";
import type { Interval } from "../../../analysis/observations/observations.ts";
import type { TraceLog, TraceSpan, TraceWindow } from "../../../analysis/traces/trace-event.ts";
import type { StoredLog, TelemetryReader } from "../../telemetry/index.ts";
import type { StoredTemplate } from "./load-templates.ts";

/** Spans and log lines of the time before and of the trouble. */
export interface ReadTraces {
  readonly baseline: TraceWindow;
  readonly incident: TraceWindow;
  /** Not everything that is stored was read. */
  readonly isCut: boolean;
}

const SPANS_MAX = 20_000;
const LOGS_MAX = 20_000;
const MINUTE_MS = 60_000;
/** What a template that is not kept any more is told by. */
const TEMPLATE_CHARS = 200;

/**
 * Reads the stored spans and lines of both times. What is stored is a sample that holds every failed and slow trace, in both times by the same
 * rule: shares and times of it may be compared with each other, and are not those of production.
 */
export async function readTraces(
  telemetry: TelemetryReader,
  at: {
    readonly projectId: string;
    readonly serviceKeys: readonly string[];
    readonly baseline: Interval;
    readonly incident: Interval;
  },
): Promise<ReadTraces> {
  const read = async ({ from, to }: Interval) => {
    const query = { projectId: at.projectId, serviceKeys: at.serviceKeys, fromMs: from, toMs: to };
    const [spans, logs] = await Promise.all([
      telemetry.readSpans({ ...query, limit: SPANS_MAX }),
      telemetry.readLogs({ ...query, limit: LOGS_MAX }),
    ]);
    return {
      window: {
        minutes: Math.max(1, (to - from) / MINUTE_MS),
        spans: spans.map(spanOf),
        logs: logs.flatMap(logOf),
      },
      isCut: spans.length === SPANS_MAX || logs.length === LOGS_MAX,
    };
  };
  const [before, during] = await Promise.all([read(at.baseline), read(at.incident)]);
  return { baseline: before.window, incident: during.window, isCut: before.isCut || during.isCut };
}

function spanOf(span: SpanRecord): TraceSpan {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    component: span.serviceKey,
    operation: span.route ?? span.name,
    startMs: span.startMs,
    durationMs: span.durationMs,
    isError: span.status === "error",
  };
}

/** The same with the words of each line's template, so that its id is read by nobody; a template that is not kept any more is told by the line. */
export function withTemplateWords(
  { baseline, incident, isCut }: ReadTraces,
  templates: ReadonlyMap<string, StoredTemplate>,
): ReadTraces {
  const told = (window: TraceWindow): TraceWindow => ({
    ...window,
    logs: window.logs.map((line) => ({
      ...line,
      template: templates.get(`${line.component}\n${line.templateId}`)?.template ?? line.template,
    })),
  });
  return { baseline: told(baseline), incident: told(incident), isCut };
}

/** A line whose template was not mined says nothing that can be counted. */
function logOf(line: StoredLog): TraceLog[] {
  if (line.templateId === null) return [];
  return [
    {
      traceId: line.traceId,
      spanId: line.spanId,
      component: line.serviceKey,
      atMs: line.atMs,
      severity: line.severity satisfies LogSeverity,
      templateId: line.templateId,
      template: line.body.slice(0, TEMPLATE_CHARS),
      example: line.body,
    },
  ];
}
