import type { LogRecord, LogSeverity } from "@culprit/contract";
import type { LogLine, ResourceLogs } from "./log-line.ts";
import { type Cuts, plainAttributes, textOfValue } from "./plain-attributes.ts";
import { telemetryOrigin } from "./telemetry-origin.ts";

const BODY_CHARS = 16_384;
const severities: readonly LogSeverity[] = ["trace", "debug", "info", "warn", "error", "fatal"];

/** The lines of a request as records; a body that is no text is JSON. A line without a time has that of its observation, or `receivedAt`. */
export function logsToRecords(
  request: readonly ResourceLogs[],
  { receivedAt, fallbackService }: { readonly receivedAt: Date; readonly fallbackService: string },
  cuts?: Cuts,
): readonly LogRecord[] {
  const records: LogRecord[] = [];
  for (const { resource, lines } of request) {
    const { serviceKey, environment, instance } = telemetryOrigin(resource, fallbackService);
    for (const line of lines) {
      const attributes = plainAttributes(line.attributes, cuts);
      records.push({
        serviceKey,
        environment,
        atMs: timeOfLine(line, receivedAt),
        severity: severityOfLine(line),
        body: bodyOfLine(line),
        traceId: idOf(line.traceId),
        spanId: idOf(line.spanId),
        attributes: instance === null ? attributes : { ...attributes, "service.instance": instance },
      });
    }
  }
  return records;
}

/** When a line was written, in milliseconds since 1970. */
export function timeOfLine({ timeMs, observedMs }: LogLine, receivedAt: Date): number {
  return timeMs > 0 ? timeMs : observedMs > 0 ? observedMs : receivedAt.getTime();
}

/** How bad a line is, by its number, else by its text (`WARNING`, `err`, `E`); `info` where neither says. */
export function severityOfLine({ severityNumber, severityText }: LogLine): LogSeverity {
  if (severityNumber >= 1 && severityNumber <= 24) return severities[Math.floor((severityNumber - 1) / 4)] ?? "info";
  const text = severityText.trim().toLowerCase();
  if (/^(?:fatal|crit|emerg|alert|panic)|^[fc]$/.test(text)) return "fatal";
  if (/^err|^severe|^e$/.test(text)) return "error";
  if (/^warn|^w$/.test(text)) return "warn";
  if (/^debug|^fine|^d$/.test(text)) return "debug";
  return /^(?:trace|verbose|t$|v$)/.test(text) ? "trace" : "info";
}

/** What a line says: its body, or the name of the event where there is none. */
export function bodyOfLine({ body, eventName }: LogLine): string {
  const text = body === null ? eventName : textOfValue(body);
  return text.length > BODY_CHARS ? text.slice(0, BODY_CHARS) : text;
}

/** An id of zeros means that there is none. */
function idOf(id: string): string | null {
  return id === "" || /^0+$/.test(id) ? null : id;
}
