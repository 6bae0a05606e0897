import { createHash } from "node:crypto";
import type { ErrorSignal } from "@culprit/contract";
import { titleOf } from "../../analysis/signal/index.ts";
import { exceptionsFromText } from "../../analysis/stack/index.ts";
import { textOf } from "./http-of-span.ts";
import type { LogLine, ResourceLogs } from "./log-line.ts";
import { bodyOfLine, severityOfLine, timeOfLine } from "./logs-to-records.ts";
import { type ResourceIdentity, resourceIdentity } from "./resource-identity.ts";
import { isoOf } from "./upstream-of-span.ts";

/** What a process leaves behind when it dies (document 1); the second only where the line is a warning at least. */
const exited = /process exited with code [1-9]/i;
const crashed = /\bSIG(?:TERM|KILL|SEGV|ABRT)\b|fatal error/;
const TITLE_CHARS = 300;

/**
 * The failures that log lines tell of, as document 1 says: each line of severity ERROR or worse (`severityNumber >= 17`), a line with an exception, a line that tells of
 * a process's end. They come by their own door, so that an exception which the span of the same request recorded too counts once;
 * a line without an exception joins the incident of its trace. The event id is the same whenever the line is sent.
 */
export function logsToSignals(request: readonly ResourceLogs[], receivedAt: Date): readonly ErrorSignal[] {
  const signals: ErrorSignal[] = [];
  const seen = new Map<string, number>();
  for (const { resource, lines } of request) {
    let identity: ResourceIdentity | null = null;
    for (const line of lines) {
      const what = failureOf(line);
      if (what === null) continue;
      identity ??= resourceIdentity(resource);
      const key = keyOf(line, identity);
      const nth = seen.get(key) ?? 0;
      seen.set(key, nth + 1);
      signals.push(toSignal(line, what, { identity, receivedAt, eventId: eventIdOf(key, nth) }));
    }
  }
  return signals;
}

function failureOf(line: LogLine): "exception" | "error" | "crash" | null {
  const severity = severityOfLine(line);
  const isError = severity === "error" || severity === "fatal";
  if (textOf(line.attributes, "exception.type") !== null || textOf(line.attributes, "exception.stacktrace") !== null)
    // An exception that is told as a warning was dealt with.
    return isError ? "exception" : null;
  const body = bodyOfLine(line).slice(0, 1_000);
  if (exited.test(body) || ((isError || severity === "warn") && crashed.test(body))) return "crash";
  return isError ? "error" : null;
}

function toSignal(
  line: LogLine,
  what: "exception" | "error" | "crash",
  ctx: { readonly identity: ResourceIdentity; readonly receivedAt: Date; readonly eventId: string },
): ErrorSignal {
  const { kept, ...identified } = ctx.identity;
  const { attributes } = line;
  const stack = textOf(attributes, "exception.stacktrace");
  const exceptions =
    what === "exception"
      ? exceptionsFromText({
          type: textOf(attributes, "exception.type"),
          message: textOf(attributes, "exception.message"),
          stack,
        })
      : [];
  const body = bodyOfLine(line);
  const [first] = exceptions;
  const titled = `${what === "crash" ? "Process Crash" : "Error Log"}: ${body.split("\n", 1)[0]?.slice(0, TITLE_CHARS) ?? ""}`;
  return {
    ...identified,
    eventId: ctx.eventId,
    door: "logs",
    detector: what === "crash" ? "crash" : "exception",
    exceptions,
    title: first === undefined ? titled : titleOf(first),
    ...(first === undefined ? { description: body } : {}),
    stackText: stack,
    severity: severityOfLine(line) === "fatal" || what === "crash" ? "high" : "medium",
    occurredAt: isoOf(timeOfLine(line, ctx.receivedAt)) ?? ctx.receivedAt.toISOString(),
    traceId: line.traceId === "" || /^0+$/.test(line.traceId) ? null : line.traceId,
    spanId: line.spanId === "" || /^0+$/.test(line.spanId) ? null : line.spanId,
    request: null,
    payload: { log: body, severity_text: line.severityText, attributes, resource: kept },
  };
}

function keyOf(line: LogLine, { service, environment }: ResourceIdentity): string {
  return [service, environment, line.traceId, line.spanId, line.timeMs, line.observedMs, bodyOfLine(line)].join("\0");
}

function eventIdOf(key: string, nth: number): string {
  return createHash("sha256").update(`log/${nth}/${key}`).digest("hex").slice(0, 32);
}
