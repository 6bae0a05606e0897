import { hash } from "node:crypto";
import type { ErrorSignal } from "@culprit/contract";
import { currentFingerprint } from "../../analysis/fingerprint/index.ts";
import { scrubSignal } from "../../analysis/scrub/index.ts";
import { type SignalToStore, toStore } from "./signal-to-store.ts";

/** A signal without secrets and with its fingerprint. */
export function prepareSignal(projectId: string, raw: ErrorSignal, receivedAt: Date): SignalToStore {
  const { signal } = scrubSignal(raw);
  const { version, key } = currentFingerprint(signal);
  return toStore({ projectId, signal, fingerprint: { version, hash: hash("sha256", key, "buffer") }, receivedAt });
}
