import type { ErrorSignal, LogRecord } from "@culprit/contract";
import { decodeJsonLogs, decodeProtobufLogs } from "./decode-logs.ts";
import { logsToRecords } from "./logs-to-records.ts";
import { logsToSignals } from "./logs-to-signals.ts";
import type { RequestContext } from "./map-traces.ts";
import { encodingOf } from "./otlp-reply.ts";

/**
 * The signals and the lines of a body of `POST /v1/logs`.
 * @throws CulpritError UNSUPPORTED_MEDIA_TYPE, MALFORMED_BODY or INVALID_REQUEST, naming the field.
 */
export function readOtlpLogs(
  body: Uint8Array,
  contentType: string,
  ctx: RequestContext,
): { readonly events: readonly ErrorSignal[]; readonly records: readonly LogRecord[] } {
  const request = encodingOf(contentType) === "json" ? decodeJsonLogs(body) : decodeProtobufLogs(body);
  return { events: logsToSignals(request, ctx.receivedAt), records: logsToRecords(request, ctx) };
}
