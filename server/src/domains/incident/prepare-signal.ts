import { hash } from "node:crypto";
import type { ErrorSignal } from "@culprit/contract";
import { currentFingerprint, failingLines } from "../../analysis/fingerprint/index.ts";
import { scrubSignal } from "../../analysis/scrub/index.ts";
import { type SignalToStore, toStore } from "./signal-to-store.ts";

/** A signal without secrets and with its fingerprint. */
export function prepareSignal(projectId: string, raw: ErrorSignal, receivedAt: Date): SignalToStore {
  const { signal } = scrubSignal(raw);
  const { version, key } = currentFingerprint(signal);
  const lines = failingLines(signal);
  return toStore({
    ...{ projectId, signal, receivedAt },
    fingerprint: { version, hash: hash("sha256", key, "buffer") },
    lineHash: lines === null ? null : hash("sha256", lines, "buffer"),
  });
}
