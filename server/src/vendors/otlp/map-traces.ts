import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { decodeJsonTraces } from "./decode-json.ts";
import { decodeProtobufTraces } from "./decode-protobuf.ts";
import { type OtlpIntake, spansToSignals } from "./spans-to-signals.ts";

/**
 * The signals of a body of `POST /v1/traces`.
 * @throws CulpritError UNSUPPORTED_MEDIA_TYPE, MALFORMED_BODY or INVALID_REQUEST, naming the field.
 */
export function mapOtlpTraces(body: Uint8Array, contentType: string, receivedAt: Date): OtlpIntake {
  const traces = encodingOf(contentType) === "json" ? decodeJsonTraces(body) : decodeProtobufTraces(body);
  return spansToSignals(traces, receivedAt);
}

/**
 * An `ExportTraceServiceResponse` that accepts everything, in the encoding of the request, as OTLP/HTTP demands. In protobuf
 * a message without fields has no bytes.
 */
export function encodeOtlpReply(contentType: string): { readonly contentType: string; readonly body: Buffer } {
  return encodingOf(contentType) === "json"
    ? { contentType: "application/json", body: Buffer.from("{}") }
    : { contentType: "application/x-protobuf", body: Buffer.alloc(0) };
}

function encodingOf(contentType: string): "json" | "protobuf" {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase();
  if (type === "application/json") return "json";
  if (type === "application/x-protobuf" || type === "application/protobuf") return "protobuf";
  const message = `Traces come as application/json or application/x-protobuf, not as ${JSON.stringify(contentType.slice(0, 100))}.`;
  throw new CulpritError("UNSUPPORTED_MEDIA_TYPE", message, { details: { field: "content-type" } });
}
