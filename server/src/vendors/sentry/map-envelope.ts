import type { ErrorSignal } from "@culprit/contract";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { envelopeLimits } from "./envelope-limits.ts";
import { eventIdOfContent, eventToSignal } from "./event-to-signal.ts";
import { type Fields, fields, hexId } from "./fields.ts";
import { type EnvelopeItem, parseEnvelope, parseJsonObject } from "./parse-envelope.ts";

/** What a request of a Sentry client brought. */
export interface SentryIntake {
  readonly events: readonly ErrorSignal[];
  /** Items accepted without use, by their type; messages below the level error count as `message`. */
  readonly ignored: Readonly<Record<string, number>>;
  /** The id that the client is answered with (`{"id": …}`): the first event's, else the envelope's. */
  readonly eventId: string | null;
}

/** Item types of the protocol. What else a client calls its items is counted under one name, so that nobody can fill a table with names. */
const knownTypes = new Set(
  (
    "attachment transaction session sessions client_report replay_event replay_recording replay_video profile profile_chunk " +
    "check_in user_report feedback statsd metric_buckets metric_meta trace_metric log otel_log span spans security " +
    "raw_security form_data unreal_report nel"
  ).split(" "),
);

/**
 * The signals of an envelope. Item types that Culprit does not use (sessions, transactions, attachments, replays, logs …)
 * are accepted and counted.
 * @throws CulpritError MALFORMED_BODY or PAYLOAD_TOO_LARGE, naming the field; nothing of the envelope counts then.
 */
export function mapSentryEnvelope(body: Uint8Array, receivedAt: Date): SentryIntake {
  const { header, items } = parseEnvelope(body);
  const envelopeId = hexId(header.event_id, 32);
  const events: ErrorSignal[] = [];
  const ignored: Record<string, number> = {};
  for (const [index, item] of items.entries()) {
    const isEvent = item.type === "event";
    const signal = isEvent ? itemToSignal(item, index, events.length === 0 ? envelopeId : null, receivedAt) : null;
    if (signal === null) {
      const name = isEvent ? "message" : knownTypes.has(item.type) ? item.type : "unknown";
      ignored[name] = (ignored[name] ?? 0) + 1;
    } else {
      events.push(signal);
    }
  }
  return { events, ignored, eventId: events[0]?.eventId ?? envelopeId };
}

/**
 * The signal of a body of the legacy store endpoint: one event as parsed JSON.
 * @throws CulpritError INVALID_REQUEST when it is no object.
 */
export function mapSentryStore(value: unknown, receivedAt: Date): SentryIntake & { readonly eventId: string } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new CulpritError("INVALID_REQUEST", "The event must be a JSON object.", { details: { field: "event" } });
  }
  const event = fields(value);
  const eventId = hexId(event.event_id, 32) ?? eventIdOfContent(JSON.stringify(event));
  const signal = eventToSignal(event, { eventId, receivedAt });
  return signal === null
    ? { events: [], ignored: { message: 1 }, eventId }
    : { events: [signal], ignored: {}, eventId };
}

function itemToSignal(
  item: EnvelopeItem,
  index: number,
  envelopeId: string | null,
  receivedAt: Date,
): ErrorSignal | null {
  const field = `envelope.items[${index}]`;
  const bytes = item.payload;
  if (bytes.length > envelopeLimits.eventBytes) {
    const message = `${field} has ${bytes.length} bytes; an event may have ${envelopeLimits.eventBytes}.`;
    throw new CulpritError("PAYLOAD_TOO_LARGE", message, { details: { field } });
  }
  const event: Fields = parseJsonObject(bytes, field);
  // Only an event without any id pays for the hash.
  const eventId = hexId(event.event_id, 32) ?? envelopeId ?? eventIdOfContent(bytes);
  return eventToSignal(event, { eventId, receivedAt });
}
