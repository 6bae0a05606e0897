import type { Alert, ErrorSignal } from "@culprit/contract";

/** What is known of an alert beside what its sender told. */
export interface AlertReceipt {
  readonly alert: Alert;
  /** 32 hex digits; the same notification again has the same. */
  readonly eventId: string;
}

/** Where an alert belongs that names no environment. */
const defaultEnvironment = "production";

/**
 * An alert as a signal like any other, which is counted, gated and investigated as the others are. What is one failure is
 * the sender's to say: the alert's own fingerprint, within its environment.
 */
export function signalOfAlert({ alert, eventId }: AlertReceipt): ErrorSignal {
  const { fingerprint, title, description, severity, startsAt, endsAt, labels, url, status, service } = alert;
  return {
    eventId,
    door: "alert",
    // Document 1 has no word for an alert; the column stays empty.
    detector: "http_error",
    exceptions: [],
    title: title === "" ? "An alert without a name" : title,
    description,
    stackText: null,
    severity,
    occurredAt: startsAt.toISOString(),
    service,
    environment: alert.environment ?? defaultEnvironment,
    release: null,
    commitSha: null,
    deploymentId: null,
    traceId: null,
    spanId: null,
    request: null,
    runtime: null,
    grouping: ["alert", fingerprint],
    payload: { alert: { status, fingerprint, starts_at: startsAt, ends_at: endsAt, description, url, labels } },
  };
}
