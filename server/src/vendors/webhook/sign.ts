import { createHmac, timingSafeEqual } from "node:crypto";

/** How far a signature's time may lie from ours, in seconds. */
export const WINDOW_S = 300;
export const SIGNATURE_HEADER = "culprit-signature";

/**
 * The value of `Culprit-Signature`: `t=<seconds>,v1=<hex HMAC-SHA256 of "<seconds>.<body>">`. The time is signed with the
 * body, so that a call that was overheard can't be sent again later.
 */
export function signBody(secret: string, body: string | Buffer, at: Date): string {
  const seconds = String(Math.floor(at.getTime() / 1000));
  return `t=${seconds},v1=${hmac(secret, seconds, body).toString("hex")}`;
}

/** Whether a `Culprit-Signature` belongs to the body and is of now. Constant time. */
export function checkSigned(
  secret: string,
  header: string | undefined,
  body: Buffer,
  now: Date,
): { readonly ok: true } | { readonly ok: false; readonly reason: string } {
  const [, seconds = "", given = ""] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? "") ?? [];
  if (given === "")
    return { ok: false, reason: "The header Culprit-Signature is missing or not of the form t=…,v1=…." };
  if (!timingSafeEqual(Buffer.from(given, "hex"), hmac(secret, seconds, body)))
    return { ok: false, reason: "The signature is wrong: another secret, or a changed body." };
  const ageS = Math.abs(now.getTime() / 1000 - Number(seconds));
  return ageS <= WINDOW_S
    ? { ok: true }
    : { ok: false, reason: `It was signed ${Math.round(ageS)} s away from our clock; ${WINDOW_S} s are allowed.` };
}

function hmac(secret: string, seconds: string, body: string | Buffer): Buffer {
  return createHmac("sha256", secret).update(`${seconds}.`).update(body).digest();
}
