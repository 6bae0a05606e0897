import { createHmac, hash, timingSafeEqual } from "node:crypto";

/** HMAC-SHA256 of a body, in hex. */
export function hmacHex(secret: string, ...parts: readonly (string | Buffer)[]): string {
  const hmac = createHmac("sha256", secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

/** Whether two texts are the same, in a time that tells nothing of where they differ. */
export function isSameText(given: string | undefined, wanted: string): boolean {
  if (given === undefined) return false;
  return timingSafeEqual(hash("sha256", given, "buffer"), hash("sha256", wanted, "buffer"));
}

export type Verified = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** A refusal, for the log and the page. */
export function refused(reason: string): Verified {
  return { ok: false, reason };
}

/** Compares a signature that was sent with the one that belongs to the request. */
export function checkSignature(given: string | undefined, wanted: string, header: string): Verified {
  if (given === undefined || given === "") return refused(`The signature in ${header} is missing.`);
  return isSameText(given.toLowerCase(), wanted.toLowerCase())
    ? { ok: true }
    : refused(`The signature in ${header} is wrong: the secret differs, or the body was changed on the way.`);
}

/** Whether a moment that the sender signed is near enough to ours that the request is no replay. */
export function checkAge(sentAtMs: number, now: Date, maxMs: number): Verified {
  if (!Number.isFinite(sentAtMs)) return refused("The time of sending is missing.");
  const ageMs = Math.abs(now.getTime() - sentAtMs);
  return ageMs <= maxMs
    ? { ok: true }
    : refused(`It was sent ${Math.round(ageMs / 1000)} s away from our clock; ${maxMs / 1000} s are allowed.`);
}

/** `Authorization: Bearer …` or, with a user, `Basic …`. */
export function checkAuthorization(
  header: string | undefined,
  { user, secret }: { readonly user?: string | undefined; readonly secret: string },
): Verified {
  if (header === undefined) return refused("The header Authorization is missing.");
  const basic =
    user === undefined || user === "" ? null : `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`;
  if (isSameText(header, `Bearer ${secret}`) || (basic !== null && isSameText(header, basic))) return { ok: true };
  return refused("The token or password in Authorization is wrong.");
}
