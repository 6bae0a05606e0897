import type { ErrorSignal } from "@culprit/contract";

/** A signal that was mapped, scrubbed and fingerprinted, on its way to an incident. */
export interface SignalToStore {
  readonly projectId: string;
  readonly signal: ErrorSignal;
  readonly fingerprint: { readonly version: number /** SHA-256, 32 bytes. */; readonly hash: Buffer };
  /** Our clock. */
  readonly receivedAt: Date;
}

/** Why an occurrence joined its incident. */
export type JoinReason = "opened" | "same_fingerprint" | "same_trace" | "reopened" | "late";

/** What became of one signal. `repeated`: this event id was acknowledged before, and nothing was counted again. */
export interface StoredSignal {
  readonly incidentId: string;
  readonly outcome: "created" | "counted" | "repeated";
}

/** Names an event within all projects. */
export function eventKey(item: SignalToStore): string {
  return `${item.projectId} ${item.signal.eventId}`;
}

export interface StorePolicy {
  /** Full payloads kept for an incident beside the newest. */
  readonly payloadsPerIncident: number;
}
