import { createHash } from "node:crypto";
import type { ErrorSignal, Severity } from "@culprit/contract";
import { commitFromRelease, commitSha, firstLine, titleOf } from "../../analysis/signal/index.ts";
import { exceptionsOfEvent, messageAsException } from "./exceptions-of-event.ts";
import { type Fields, fields, hexId, list, text } from "./fields.ts";
import { payloadOfEvent } from "./payload-of-event.ts";
import { requestOfEvent } from "./request-of-event.ts";

export interface EventContext {
  /** 32 hex digits; also used where the event names none. */
  readonly eventId: string;
  /** Our clock, used where the event has no readable time. */
  readonly receivedAt: Date;
}

const noException = { type: "Error", message: "" };

const severities: Readonly<Record<string, Severity>> = {
  critical: "critical",
  fatal: "critical",
  error: "high",
  warning: "medium",
  info: "low",
  log: "low",
  debug: "low",
};

/**
 * A Sentry event as a signal, or null when it tells of no failure: a message below the level error. Events with an
 * exception count at every level. See https://develop.sentry.dev/sdk/data-model/event-payloads/.
 */
export function eventToSignal(event: Fields, ctx: EventContext): ErrorSignal | null {
  const level = text(event.level)?.toLowerCase() ?? "error";
  const severity = severities[level] ?? "high";
  const log = messageOf(event);
  const own = exceptionsOfEvent(event);
  if (own.length === 0 && (severity === "medium" || severity === "low" || log === null)) return null;
  const exceptions = own.length > 0 ? own : [messageAsException(event, log?.template ?? "")];
  const contexts = fields(event.contexts);
  const trace = fields(contexts.trace);
  const tags = fields(event.tags);
  const release = text(event.release);
  return {
    eventId: hexId(event.event_id, 32) ?? ctx.eventId,
    door: "sentry",
    detector: isCrash(event, level) ? "crash" : "exception",
    exceptions,
    title: own.length === 0 && log !== null ? firstLine(log.formatted) : titleOf(exceptions[0] ?? noException),
    stackText: null,
    severity,
    occurredAt: timeOf(event.timestamp, ctx.receivedAt),
    service: text(tags["service.name"]) ?? text(tags.service) ?? text(fields(contexts.app).app_name),
    environment: text(event.environment) ?? "production",
    release,
    commitSha: commitFromRelease(release) ?? commitSha(text(tags.commit) ?? text(tags["vcs.ref.head.revision"])),
    deploymentId: text(tags.deployment_id) ?? text(event.dist),
    traceId: hexId(trace.trace_id, 32),
    spanId: hexId(trace.span_id, 16),
    request: requestOfEvent(event),
    runtime: runtimeOf(contexts, event),
    grouping: groupingOf(event.fingerprint),
    payload: payloadOfEvent(event),
  };
}

/** The id of an event that names none: of its content, so that the same event sent again counts once. */
export function eventIdOfContent(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 32);
}

const groupingPartsMax = 64;
const groupingPartMax = 1_024;

/** The event's own grouping, or nothing where it has none; SDKs may put numbers into it. */
function groupingOf(fingerprint: unknown): readonly string[] | undefined {
  const parts = list(fingerprint)
    .slice(0, groupingPartsMax)
    .flatMap((part) => text(part)?.slice(0, groupingPartMax) ?? []);
  return parts.length === 0 ? undefined : parts;
}

function isCrash(event: Fields, level: string): boolean {
  return level === "fatal" && (event.platform === "native" || event.platform === "cocoa");
}

/** The message for people, and the one before its parameters were filled in, which is the same for every occurrence. */
function messageOf(event: Fields): { formatted: string; template: string } | null {
  const entry = fields(event.logentry ?? event["sentry.interfaces.Message"]);
  const message = fields(event.message);
  const template = text(entry.message) ?? text(message.message) ?? text(event.message);
  const formatted = text(entry.formatted) ?? text(message.formatted) ?? text(event.message) ?? template;
  return formatted === null ? null : { formatted, template: template ?? formatted };
}

/** Seconds since 1970 or ISO 8601 (without a zone it is UTC) as ISO 8601 in UTC; our clock when it is neither. */
function timeOf(value: unknown, receivedAt: Date): string {
  const at = typeof value === "number" ? value * 1000 : typeof value === "string" ? millisOf(value) : Number.NaN;
  return at > 0 && at < 4_102_444_800_000 ? new Date(at).toISOString() : receivedAt.toISOString();
}

function millisOf(text: string): number {
  if (/^\d{9,11}(?:\.\d{1,9})?$/.test(text)) return Number(text) * 1000;
  return Date.parse(/^\d{4}-\d\d-\d\dT[\d:.]+$/.test(text) ? `${text}Z` : text);
}

function runtimeOf(contexts: Fields, event: Fields): string | null {
  const { name, version } = fields(contexts.runtime);
  const named = [text(name), text(version)].filter((part) => part !== null).join(" ");
  return named === "" ? text(event.platform) : named;
}
