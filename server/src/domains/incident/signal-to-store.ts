import type { ErrorSignal } from "@culprit/contract";

/** A signal that was mapped, scrubbed and fingerprinted, on its way to an incident. */
export interface SignalToStore {
  readonly projectId: string;
  readonly signal: ErrorSignal;
  readonly fingerprint: { readonly version: number /** SHA-256, 32 bytes. */; readonly hash: Buffer };
  /** Our clock. */
  readonly receivedAt: Date;
  /** Names an event within all projects. */
  readonly eventKey: string;
  /** Names a failure within all projects and environments: the same key is the same incident. */
  readonly fingerprintKey: string;
  /** Names a trace within all projects and environments, never across environments; null without a trace. */
  readonly traceKey: string | null;
}

/** The signal with its keys, which are asked for often. */
export function toStore(
  item: Pick<SignalToStore, "projectId" | "signal" | "fingerprint" | "receivedAt">,
): SignalToStore {
  const { projectId, signal, fingerprint } = item;
  const { eventId, environment, traceId } = signal;
  return {
    ...item,
    eventKey: `${projectId} ${eventId}`,
    fingerprintKey: `${projectId} ${environment} ${fingerprint.version} ${fingerprint.hash.toString("base64")}`,
    traceKey: traceId === null ? null : `${projectId} ${environment} ${traceId}`,
  };
}

/** Why an occurrence joined its incident. */
export type JoinReason = "opened" | "same_fingerprint" | "same_trace" | "same_service" | "reopened" | "late";

/** What became of one signal. `repeated`: this event id was acknowledged before, and nothing was counted again. */
export interface StoredSignal {
  readonly incidentId: string;
  readonly outcome: "created" | "counted" | "repeated";
}

export interface StorePolicy {
  /** Full payloads kept for an incident beside the newest. */
  readonly payloadsPerIncident: number;
}
