/**
 * FROZEN, like the versions beside it: incidents are stored under what it answers; `group-by-sender.test.ts` pins it.
 */
import type { Fingerprint } from "./v1.ts";

const defaultPart = /^\{\{\s*default\s*\}\}$/;

/**
 * The fingerprint of a failure whose sender says what belongs together: its parts, with what Culprit would have said where
 * they say `{{ default }}`. Without parts, or with that part alone, it is the one given. Its second line keeps it apart from
 * every failure that nobody grouped.
 * @see https://docs.sentry.io/platforms/javascript/usage/sdk-fingerprinting/
 */
export function groupBySender(own: Fingerprint, parts: readonly string[] | undefined): Fingerprint {
  if (parts === undefined || parts.length === 0) return own;
  const isDefault = (part: string) => defaultPart.test(part);
  if (parts.every(isDefault)) return own;
  // In an array of its own, so that no text of a sender can pass for it.
  const said = parts.map((part) => (isDefault(part) ? [own.key] : part));
  return { version: own.version, key: [`v${own.version}`, `grouped ${JSON.stringify(said)}`].join("\n") };
}
