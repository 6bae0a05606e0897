// A program as a user of OpenTelemetry's SDK writes it, exporting by OTLP/HTTP in the encoding that the environment names.
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { NodeSDK } from "@opentelemetry/sdk-node";

const Exporter = process.env.ENCODING === "json" ? JsonExporter : ProtobufExporter;
const sdk = new NodeSDK({
  resource: resourceFromAttributes({ "service.name": "shop", "deployment.environment.name": "production" }),
  traceExporter: new Exporter({
    url: `${process.env.CULPRIT_URL}/v1/traces`,
    headers: { authorization: `Bearer ${process.env.CULPRIT_KEY}` },
  }),
});
sdk.start();
const tracer = trace.getTracer("shop");

const request = (route, status, work) =>
  tracer.startActiveSpan(
    `GET ${route}`,
    { kind: SpanKind.SERVER, attributes: { "http.request.method": "GET", "http.route": route } },
    (span) => {
      try {
        work();
      } catch (error) {
        span.recordException(error);
      }
      span.setAttribute("http.response.status_code", status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  );

function readPrice(product) {
  return product.price.amount;
}

request("/prices/:id", 500, () => readPrice({}));
request("/stock", 503, () => {});
request("/cart/:id", 404, () => {});
await sdk.shutdown();
