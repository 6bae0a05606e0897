// A program as a user of OpenTelemetry's SDK writes it: it is told by the standard variables alone where to send, and sends all three.
import { context, logs, metrics, SeverityNumber, SpanKind, trace } from "@opentelemetry/api";
import { NodeSDK } from "@opentelemetry/sdk-node";

const sdk = new NodeSDK();
sdk.start();
const meter = metrics.getMeter("shop");
const orders = meter.createCounter("shop.orders", { unit: "{order}" });
const duration = meter.createHistogram("http.server.request.duration", { unit: "s" });
meter.createObservableGauge("shop.carts").addCallback((result) => result.observe(7, { region: "eu" }));
const logger = logs.getLogger("shop");
const tracer = trace.getTracer("shop");

for (let number = 1; number <= 5; number += 1) {
  const attributes = { "http.request.method": "GET", "http.route": "/cart/:id", "http.response.status_code": 200 };
  tracer.startActiveSpan("GET /cart/:id", { kind: SpanKind.SERVER, attributes }, (span) => {
    orders.add(1, { region: "eu" });
    duration.record(0.1 * number, { "http.route": "/cart/:id" });
    logger.emit({
      severityNumber: SeverityNumber.INFO,
      body: `order ${number} of customer${number}@example.com took ${number * 17} ms`,
      context: context.active(),
    });
    if (number === 5)
      logger.emit({ severityNumber: SeverityNumber.ERROR, body: "payment was refused", context: context.active() });
    span.end();
  });
}
await sdk.shutdown();
