import type { ErrorSignal, LogRecord } from "@culprit/contract";
import { decodeJsonLogs, decodeProtobufLogs } from "./decode-logs.ts";
import { logsToRecords, timeOfLine } from "./logs-to-records.ts";
import { logsToSignals } from "./logs-to-signals.ts";
import type { RequestContext } from "./map-traces.ts";
import { encodingOf } from "./otlp-reply.ts";
import type { Cuts } from "./plain-attributes.ts";
import { revisionsOf, type SeenRevision } from "./revisions-of.ts";
import { type Warnings, warningsOf } from "./warnings.ts";

/**
 * The signals, the lines and the revisions that sent them, of a body of `POST /v1/logs`.
 * @throws CulpritError UNSUPPORTED_MEDIA_TYPE, MALFORMED_BODY or INVALID_REQUEST, naming the field.
 */
export function readOtlpLogs(
  body: Uint8Array,
  contentType: string,
  ctx: RequestContext,
): {
  readonly events: readonly ErrorSignal[];
  readonly records: readonly LogRecord[];
  readonly revisions: readonly SeenRevision[];
  readonly warnings: Warnings;
} {
  const request = encodingOf(contentType) === "json" ? decodeJsonLogs(body) : decodeProtobufLogs(body);
  const sent = request.map(({ resource, lines }) => ({ resource, items: lines }));
  const revisions = revisionsOf(sent, (line) => timeOfLine(line, ctx.receivedAt), ctx.receivedAt);
  const cuts: Cuts = { count: 0 };
  const records = logsToRecords(request, ctx, cuts);
  return {
    events: logsToSignals(request, ctx.receivedAt),
    records,
    revisions,
    warnings: warningsOf(request, cuts.count),
  };
}
