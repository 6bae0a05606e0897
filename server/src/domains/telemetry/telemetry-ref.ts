import { logSeverities } from "@culprit/contract";
import type { TelemetryRead } from "./telemetry-port.ts";

/*
 * A reference of a read of telemetry: `postgres:metric_points?from=2026-03-05T10:00:00.000Z&to=…&service=…&metric=…&step=15000&max=500`. It says what was asked
 * in words that a person reads, without the project: who opens it says that, and is asked whether they may.
 */

/** The reference of a read by an engine. */
export function writeRef(engine: string, read: TelemetryRead): string {
  const query = new URLSearchParams();
  const add = (name: string, value: string | number | undefined) => {
    if (value !== undefined) query.append(name, String(value));
  };
  add("from", new Date(read.fromMs).toISOString());
  add("to", new Date(read.toMs).toISOString());
  for (const service of read.serviceKeys ?? []) add("service", service);
  switch (read.table) {
    case "metric_points":
      add("environment", read.environment);
      for (const metric of read.metrics ?? []) add("metric", metric);
      for (const [name, value] of Object.entries(read.labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))
        add(`label.${name}`, value);
      add("labels", read.isExact === true ? "exactly" : undefined);
      add("step", read.stepMs);
      add("max", read.seriesMax);
      break;
    case "spans":
      add("trace", read.traceId);
      add("errors", read.onlyErrors === true ? "only" : undefined);
      add("max", read.limit);
      break;
    case "log_records":
      add("severity", read.severityMin);
      add("trace", read.traceId);
      add("template", read.templateId);
      add("words", read.words);
      add("max", read.limit);
      break;
  }
  return `${engine}:${read.table}?${query.toString()}`;
}

/** The read behind a reference of that engine; null for what is none. */
export function readRef(engine: string, ref: string): TelemetryRead | null {
  const [, table, text] = /^[a-z]+:(\w+)\?(.*)$/s.exec(ref) ?? [];
  if (!ref.startsWith(`${engine}:`) || text === undefined) return null;
  const query = new URLSearchParams(text);
  const one = (name: string) => query.get(name) ?? undefined;
  const all = (name: string) => (query.has(name) ? query.getAll(name) : undefined);
  const [fromMs, toMs, max] = [Date.parse(one("from") ?? ""), Date.parse(one("to") ?? ""), Number(one("max"))];
  if (!(fromMs < toMs) || !(max > 0)) return null;
  const common = { fromMs, toMs, serviceKeys: all("service") };
  switch (table) {
    case "metric_points": {
      const stepMs = Number(one("step"));
      const labels = [...query].flatMap(([name, value]) =>
        name.startsWith("label.") ? [[name.slice("label.".length), value]] : [],
      );
      if (!(stepMs > 0)) return null;
      return {
        ...{ table, ...common, stepMs, seriesMax: max, environment: one("environment"), metrics: all("metric") },
        labels: labels.length === 0 ? undefined : Object.fromEntries(labels),
        isExact: one("labels") === "exactly",
      };
    }
    case "spans":
      return { table, ...common, limit: max, traceId: one("trace"), onlyErrors: one("errors") === "only" };
    case "log_records":
      return {
        ...{ table, ...common, limit: max, traceId: one("trace"), templateId: one("template"), words: one("words") },
        severityMin: logSeverities.find((severity) => severity === one("severity")),
      };
    default:
      return null;
  }
}
