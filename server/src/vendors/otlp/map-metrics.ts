import { decodeJsonMetrics } from "./decode-json-metrics.ts";
import { decodeProtobufMetrics } from "./decode-protobuf-metrics.ts";
import type { RequestContext } from "./map-traces.ts";
import { metricsToSamples, type OtlpMetrics } from "./metrics-to-samples.ts";
import { encodingOf } from "./otlp-reply.ts";

/**
 * The samples of a body of `POST /v1/metrics`.
 * @throws CulpritError UNSUPPORTED_MEDIA_TYPE, MALFORMED_BODY or INVALID_REQUEST, naming the field.
 */
export function readOtlpMetrics(body: Uint8Array, contentType: string, ctx: RequestContext): OtlpMetrics {
  const request = encodingOf(contentType) === "json" ? decodeJsonMetrics(body) : decodeProtobufMetrics(body);
  return metricsToSamples(request, ctx);
}
