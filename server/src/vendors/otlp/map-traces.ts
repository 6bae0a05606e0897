import type { SpanRecord } from "@culprit/contract";
import { decodeJsonTraces } from "./decode-json.ts";
import { decodeProtobufTraces } from "./decode-protobuf.ts";
import { encodingOf } from "./otlp-reply.ts";
import type { Cuts } from "./plain-attributes.ts";
import { revisionsOf, type SeenRevision } from "./revisions-of.ts";
import { type SlowBounds, slowSpansToSignals } from "./slow-spans-to-signals.ts";
import { spansToRecords } from "./spans-to-records.ts";
import { type OtlpIntake, spansToSignals } from "./spans-to-signals.ts";
import { type Warnings, warningsOf, warningsOfSpans } from "./warnings.ts";

/** What a mapper must be told about a request. */
export interface RequestContext {
  readonly receivedAt: Date;
  /** The service of what names none: the project's own. */
  readonly fallbackService: string;
  /** How long requests may take; left out where nobody looks. */
  readonly slow?: SlowBounds | undefined;
}

/**
 * The signals, the spans and the revisions that sent them, of a body of `POST /v1/traces`.
 * @throws CulpritError UNSUPPORTED_MEDIA_TYPE, MALFORMED_BODY or INVALID_REQUEST, naming the field.
 */
export function readOtlpTraces(
  body: Uint8Array,
  contentType: string,
  ctx: RequestContext,
): OtlpIntake & {
  readonly records: readonly SpanRecord[];
  readonly revisions: readonly SeenRevision[];
  readonly warnings: Warnings;
} {
  const traces = decode(body, contentType);
  const sent = traces.map(({ resource, spans }) => ({ resource, items: spans }));
  const revisions = revisionsOf(sent, ({ startMs }) => startMs, ctx.receivedAt);
  const cuts: Cuts = { count: 0 };
  const records = spansToRecords(traces, ctx, cuts);
  const warnings = { ...warningsOf(traces, cuts.count), ...warningsOfSpans(traces) };
  const failed = spansToSignals(traces, ctx.receivedAt);
  if (ctx.slow === undefined) return { ...failed, records, revisions, warnings };
  const failedTraces = new Set(failed.events.flatMap(({ traceId }) => traceId ?? []));
  const slow = slowSpansToSignals(traces, records, { bounds: ctx.slow, failedTraces, receivedAt: ctx.receivedAt });
  return { ...failed, events: [...failed.events, ...slow], records, revisions, warnings };
}

function decode(body: Uint8Array, contentType: string) {
  return encodingOf(contentType) === "json" ? decodeJsonTraces(body) : decodeProtobufTraces(body);
}
