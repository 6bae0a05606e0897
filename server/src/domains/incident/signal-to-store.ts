import type { ErrorSignal } from "@culprit/contract";

interface HashedFingerprint {
  readonly version: number;
  /** SHA-256, 32 bytes. */
  readonly hash: Buffer;
}

/** Under which the fingerprints with a line are stored: the first half is that of the fingerprint without, the second the line's. */
export const LINE_VERSION = 2;

/** A signal that was mapped, scrubbed and fingerprinted, on its way to an incident. */
export interface SignalToStore {
  readonly projectId: string;
  readonly signal: ErrorSignal;
  readonly fingerprint: HashedFingerprint;
  /** Our clock. */
  readonly receivedAt: Date;
  /** Names an event within all projects. */
  readonly eventKey: string;
  /** Names a failure within all projects and environments: the same key is the same incident. */
  readonly fingerprintKey: string;
  /** The same with the line of code at which it failed; null where that is not told. */
  readonly line: { readonly fingerprint: HashedFingerprint; readonly key: string } | null;
  /** Names a trace within all projects and environments, never across environments; null without a trace. */
  readonly traceKey: string | null;
}

/** The signal with its keys, which are asked for often. */
export function toStore(
  item: Pick<SignalToStore, "projectId" | "signal" | "fingerprint" | "receivedAt"> & {
    readonly lineHash?: Buffer | null;
  },
): SignalToStore {
  const { lineHash = null, ...rest } = item;
  const { projectId, signal, fingerprint } = rest;
  const { eventId, environment, traceId } = signal;
  const keyOf = ({ version, hash }: HashedFingerprint) =>
    `${projectId} ${environment} ${version} ${hash.toString("base64")}`;
  const atLine =
    lineHash === null
      ? null
      : {
          version: LINE_VERSION,
          hash: Buffer.concat([fingerprint.hash.subarray(0, 16), lineHash.subarray(0, 16)]),
        };
  return {
    ...rest,
    eventKey: `${projectId} ${eventId}`,
    fingerprintKey: keyOf(fingerprint),
    line: atLine === null ? null : { fingerprint: atLine, key: keyOf(atLine) },
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
