import type { ErrorSignal } from "@culprit/contract";
import { groupBySender } from "./group-by-sender.ts";
import { fingerprintOfFault } from "./of-fault.ts";
import { type Fingerprint, fingerprintV1 } from "./v1.ts";
import { withoutQueries } from "./without-queries.ts";

export { failingLines } from "./failing-lines.ts";
export { normalizeMessage } from "./normalize-message.ts";
export { normalizePath } from "./normalize-path.ts";
export { normalizeRoute } from "./normalize-route.ts";
export type { Fingerprint } from "./v1.ts";

/** Every version there ever was. A project is moved from one to the next with a transition; none is removed. */
export const fingerprintVersions: Readonly<Record<number, (signal: ErrorSignal) => Fingerprint>> = { 1: fingerprintV1 };

/** The fingerprint of a signal under the version that new projects begin with. */
export function currentFingerprint(signal: ErrorSignal): Fingerprint {
  if (signal.fault !== undefined) return fingerprintOfFault(signal.fault);
  return groupBySender(fingerprintV1(withoutQueries(signal)), signal.grouping);
}

/**
 * The fingerprint of a signal under a version.
 * @throws RangeError for a version that never existed.
 */
export function fingerprint(signal: ErrorSignal, version: number): Fingerprint {
  const compute = fingerprintVersions[version];
  if (compute === undefined) throw new RangeError(`There is no fingerprint version ${version}.`);
  if (signal.fault !== undefined) return fingerprintOfFault(signal.fault);
  return groupBySender(compute(withoutQueries(signal)), signal.grouping);
}
