import protobuf from "protobufjs/minimal.js";
import { CulpritError } from "../../platform/errors/culprit-error.ts";

/** What of a request was not taken, and why; a client must not send it again. */
export interface Rejected {
  /** As OTLP/JSON calls the count. */
  readonly field: "rejectedSpans" | "rejectedDataPoints" | "rejectedLogRecords";
  readonly reasons: Readonly<Record<string, number>>;
  /** What was taken, but not as it was sent. */
  readonly warnings?: Readonly<Record<string, number>>;
}

/**
 * An `Export…ServiceResponse`, in the encoding of the request, as OTLP/HTTP demands: empty where everything was accepted, else a partial success
 * with the count and the reasons; with a count of 0 where there only are warnings, as OTLP says. In protobuf a message without fields has no bytes.
 */
export function encodeOtlpReply(
  contentType: string,
  rejected?: Rejected,
): { readonly contentType: string; readonly body: Buffer } {
  const isJson = encodingOf(contentType) === "json";
  const replyType = isJson ? "application/json" : "application/x-protobuf";
  const reasons = Object.entries(rejected?.reasons ?? {});
  const told = [...reasons, ...Object.entries(rejected?.warnings ?? {})];
  if (rejected === undefined || told.length === 0)
    return { contentType: replyType, body: isJson ? Buffer.from("{}") : Buffer.alloc(0) };
  const count = reasons.reduce((sum, [, each]) => sum + each, 0);
  const errorMessage = told.map(([reason, each]) => `${reason} (${each})`).join("; ");
  if (isJson) {
    const partialSuccess = { [rejected.field]: String(count), errorMessage };
    return { contentType: replyType, body: Buffer.from(JSON.stringify({ partialSuccess })) };
  }
  const writer = protobuf.Writer.create();
  writer.uint32((1 << 3) | 2).fork();
  writer.uint32((1 << 3) | 0).int64(count);
  writer.uint32((2 << 3) | 2).string(errorMessage);
  writer.ldelim();
  return { contentType: replyType, body: Buffer.from(writer.finish()) };
}

/** How a body of OTLP is encoded. @throws CulpritError UNSUPPORTED_MEDIA_TYPE. */
export function encodingOf(contentType: string): "json" | "protobuf" {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase();
  if (type === "application/json") return "json";
  if (type === "application/x-protobuf" || type === "application/protobuf") return "protobuf";
  const message = `OTLP comes as application/json or application/x-protobuf, not as ${JSON.stringify(contentType.slice(0, 100))}.`;
  throw new CulpritError("UNSUPPORTED_MEDIA_TYPE", message, { details: { field: "content-type" } });
}
