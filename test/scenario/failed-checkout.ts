import { randomBytes } from "node:crypto";

const hex = (bytes: number) => randomBytes(bytes).toString("hex");
const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const nano = (ms: number) => `${BigInt(ms) * 1_000_000n}`;

/** What OpenTelemetry exporters send of one request. */
export interface Exported {
  /** Body of `POST /v1/traces`, OTLP/JSON. */
  readonly traces: Uint8Array;
  /** Body of `POST /v1/logs`, OTLP/JSON. */
  readonly logs: Uint8Array;
}

/**
 * A checkout that fails in `stock`, which records the exception at its span and logs it; `cart` and `web`, through which it was called,
 * only answer 500. `sku` differs from request to request, as ids in log lines do.
 */
export function failedCheckout(atMs: number, sku: number): Exported {
  const traceId = hex(16);
  const spanIds = { web: hex(8), cart: hex(8), stock: hex(8) };
  const message = "Cannot read properties of undefined (reading 'quantity')";
  const span = (service: keyof typeof spanIds, route: string, parentSpanId: string | null, events: unknown[] = []) => ({
    resource: resourceOf(service),
    scopeSpans: [
      {
        spans: [
          {
            ...{ traceId, spanId: spanIds[service], name: `GET ${route}`, kind: 2, status: { code: 2 }, events },
            ...(parentSpanId === null ? {} : { parentSpanId }),
            ...{ startTimeUnixNano: nano(atMs), endTimeUnixNano: nano(atMs + 30) },
            attributes: [
              text("http.request.method", "GET"),
              text("http.route", route),
              { key: "http.response.status_code", value: { intValue: "500" } },
            ],
          },
        ],
      },
    ],
  });
  const exception = {
    ...{ timeUnixNano: nano(atMs + 20), name: "exception" },
    attributes: [
      text("exception.type", "TypeError"),
      text("exception.message", message),
      text("exception.stacktrace", `TypeError: ${message}\n    at reserve (/app/src/stock.js:42:13)`),
    ],
  };
  const line = {
    ...{ timeUnixNano: nano(atMs + 21), severityNumber: 17, severityText: "ERROR", traceId, spanId: spanIds.stock },
    body: { stringValue: `reserve failed for sku ${sku}: ${message}` },
  };
  return {
    traces: bodyOf({
      resourceSpans: [
        span("web", "/checkout", null),
        span("cart", "/cart/items", spanIds.web),
        span("stock", "/stock/{sku}", spanIds.cart, [exception]),
      ],
    }),
    logs: bodyOf({ resourceLogs: [{ resource: resourceOf("stock"), scopeLogs: [{ logRecords: [line] }] }] }),
  };
}

function resourceOf(service: string) {
  return { attributes: [text("service.name", service), text("deployment.environment.name", "production")] };
}

function bodyOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
