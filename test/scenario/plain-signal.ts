import { randomUUID } from "node:crypto";
import type { ErrorSignal } from "@culprit/contract";

/** A signal of one thrown error in the shop's production, each with an event id of its own; `overrides` say what a test is about. */
export function plainSignal(overrides: Partial<ErrorSignal> = {}): ErrorSignal {
  const message = "x is undefined";
  return {
    eventId: randomUUID().replaceAll("-", ""),
    door: "sentry",
    detector: "exception",
    exceptions: [
      {
        type: "TypeError",
        message,
        frames: [{ file: "src/cart.js", function: "total", line: 3, column: 7, isInApp: true }],
      },
    ],
    title: `TypeError: ${message}`,
    stackText: null,
    severity: "high",
    occurredAt: new Date().toISOString(),
    service: "shop",
    environment: "production",
    release: null,
    commitSha: null,
    deploymentId: null,
    traceId: null,
    spanId: null,
    request: null,
    runtime: null,
    payload: {},
    ...overrides,
  };
}
