import { logSeverities } from "@culprit/contract";
import { type LogQuery, type SeriesQuery, type SpanQuery, wordsOf } from "../../domains/telemetry/index.ts";

/** A condition with its parameters; values never stand in the text. */
export interface Conditions {
  readonly where: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export const MS = (column: string) => `toUnixTimestamp64Milli(${column})`;

/** Which points a query of series means, from `fromMs` on. */
export function seriesConditions(query: Omit<SeriesQuery, "stepMs">, fromMs = query.fromMs): Conditions {
  const built = window({ ...query, fromMs });
  if (query.metrics !== undefined) built.add("metric_name IN {metrics:Array(String)}", { metrics: [...query.metrics] });
  if (query.environment !== undefined)
    built.add("environment = {environment:String}", { environment: query.environment });
  const labels = Object.entries(query.labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [index, [name, value]] of labels.entries())
    built.add(`labels[{name${index}:String}] = {value${index}:String}`, {
      [`name${index}`]: name,
      [`value${index}`]: value,
    });
  if (query.isExact === true) built.add(`length(labels) = ${labels.length}`);
  return built.done();
}

/** Which spans a query means. */
export function spanConditions(query: SpanQuery): Conditions {
  const built = window(query);
  if (query.onlyErrors === true) built.add("status_code = 'error'");
  return built.done();
}

/** Which log lines a query means. */
export function logConditions(query: LogQuery): Conditions {
  const built = window(query);
  const { severityMin, traceId, templateId } = query;
  if (severityMin !== undefined)
    built.add("severity IN {severities:Array(String)}", {
      severities: logSeverities.slice(logSeverities.indexOf(severityMin)),
    });
  if (traceId !== undefined) built.add("trace_id = {trace:String}", { trace: traceId });
  if (templateId !== undefined) built.add("template_id = {template:String}", { template: templateId });
  for (const [index, word] of wordsOf(query.words ?? "").entries())
    built.add(`hasToken(lowerUTF8(body), {word${index}:String})`, { [`word${index}`]: word });
  return built.done();
}

function window({
  projectId,
  fromMs,
  toMs,
  serviceKeys,
}: Pick<SpanQuery, "projectId" | "fromMs" | "toMs" | "serviceKeys">) {
  const parts: string[] = [];
  const params: Record<string, unknown> = {};
  const add = (part: string, values: Readonly<Record<string, unknown>> = {}) => {
    parts.push(part);
    Object.assign(params, values);
  };
  add("project_id = {project:UUID}", { project: projectId });
  add("ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC')", {
    from: Math.floor(fromMs),
    to: Math.ceil(toMs),
  });
  if (serviceKeys !== undefined) add("service_key IN {services:Array(String)}", { services: [...serviceKeys] });
  return { add, done: (): Conditions => ({ where: parts.join(" AND "), params }) };
}
