import { CulpritError } from "../../platform/errors/culprit-error.ts";
import type { StoredLog, StoredSeries, TelemetryReader } from "./telemetry-port.ts";
import { readRef } from "./telemetry-ref.ts";

/** What a person reads in one go. */
const LINES_MAX = 500;

/**
 * Reads again what a reference of `engine` points to, as text: a line for each value, span or log line.
 * @returns null where nothing is left of it.
 * @throws CulpritError INVALID_REQUEST for what is no reference of that engine.
 */
export async function reopenRef(
  reader: TelemetryReader,
  engine: string,
  projectId: string,
  ref: string,
): Promise<string | null> {
  const read = readRef(engine, ref);
  if (read === null)
    throw new CulpritError("INVALID_REQUEST", `${JSON.stringify(ref.slice(0, 200))} is no reference of ${engine}.`);
  switch (read.table) {
    case "metric_points":
      return linesOf((await reader.readSeries({ ...read, projectId })).flatMap(seriesLines));
    case "spans": {
      const spans =
        read.traceId === undefined
          ? await reader.readSpans({ ...read, projectId })
          : await reader.readTrace(projectId, read.traceId);
      return linesOf(
        spans.map(
          (span) =>
            `${at(span.startMs)} ${span.traceId} ${span.spanId} ${span.serviceKey} ${span.kind} ${span.name} ${span.durationMs} ms ${span.status}`,
        ),
      );
    }
    case "log_records":
      return linesOf((await reader.readLogs({ ...read, projectId })).map(logLine));
  }
}

const at = (ms: number) => new Date(ms).toISOString();

function seriesLines({ serviceKey, environment, metric, unit, labels, times, values }: StoredSeries): string[] {
  const named = Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(",");
  const title = `# ${metric}{${named}} of ${serviceKey} in ${environment}${unit === null ? "" : `, ${unit}`}`;
  return [title, ...Array.from(times, (time, index) => `${at(time)} ${values[index]}`)];
}

function logLine({ atMs, severity, serviceKey, body }: StoredLog): string {
  return `${at(atMs)} ${severity} ${serviceKey} ${body}`;
}

function linesOf(lines: readonly string[]): string | null {
  if (lines.length === 0) return null;
  const more = lines.length - LINES_MAX;
  return [...lines.slice(0, LINES_MAX), ...(more > 0 ? [`… and ${more} lines more`] : [])].join("\n");
}
