/**
 * The platform's agent: `node --import <this file> src/server.js` gives any service of the platform the Sentry SDK for
 * errors and the OpenTelemetry SDK for traces, in one process. The service itself depends on neither; its router tells
 * what happens on two diagnostics channels. All settings are the SDKs' own variables (`SENTRY_*`, `OTEL_*`).
 */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { NodeSDK } from "@opentelemetry/sdk-node";
import * as Sentry from "@sentry/node";

interface RouterMessage {
  readonly request: IncomingMessage;
  readonly route: string;
  readonly error?: unknown;
}

// OpenTelemetry owns tracing; Sentry takes errors and finds the active span through the shared context manager.
Sentry.init({
  skipOpenTelemetrySetup: true,
  integrations: [Sentry.httpIntegration({ spans: false, tracePropagation: false })],
});

const sdk = new NodeSDK({
  contextManager: new Sentry.SentryContextManager(),
  instrumentations: [new HttpInstrumentation({ ignoreIncomingRequestHook: (request) => request.url === "/health" })],
});
sdk.start();

// The instrumentation patches `node:http` when it is required; the service imports it as an ES module.
createRequire(import.meta.url)("node:http");
syncBuiltinESMExports();

subscribe("http.router.matched", (message) => {
  const { request, route } = message as RouterMessage;
  const span = trace.getActiveSpan();
  span?.setAttribute("http.route", route);
  span?.updateName(`${request.method} ${route}`);
  Sentry.getIsolationScope().setTransactionName(`${request.method} ${route}`);
});

subscribe("http.router.failed", (message) => {
  const { error } = message as RouterMessage;
  const fault = error instanceof Error ? error : new Error(String(error));
  const span = trace.getActiveSpan();
  span?.recordException(fault);
  span?.setStatus({ code: SpanStatusCode.ERROR, message: fault.message });
  Sentry.captureException(fault, { mechanism: { type: "http.router", handled: false } });
});

process.once("SIGTERM", () => {
  void Promise.allSettled([Sentry.close(2000), sdk.shutdown()]).then(() => process.exit(0));
});
