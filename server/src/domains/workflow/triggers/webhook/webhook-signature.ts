import { createHmac, timingSafeEqual } from "node:crypto";

/** Where the signature of a call stands: `t=<seconds since 1970>,v1=<hex>`. */
export const SIGNATURE_HEADER = "x-culprit-signature";
const SIGNATURES_MAX = 5;

export interface ParsedSignature {
  readonly atS: number;
  readonly signatures: readonly string[];
}

/** The header of a call with this body, as its sender makes it: HMAC-SHA256 over `<seconds>.<body>`. */
export function signWebhookCall(secret: string, body: Buffer | string, at: Date): string {
  const atS = Math.floor(at.getTime() / 1000);
  return `t=${atS},v1=${hmac(secret, atS, body)}`;
}

/** The parts of the header, or null where it has another form. */
export function parseSignature(header: string | undefined): ParsedSignature | null {
  if (header === undefined || header.length > 1000) return null;
  const parts = header.split(",").map((part) => part.trim().split("="));
  const atS = parts.find(([name, value]) => name === "t" && /^\d{1,12}$/.test(value ?? ""))?.[1];
  const signatures = parts.flatMap(([name, value]) =>
    name === "v1" && /^[0-9a-f]{64}$/.test(value ?? "") ? [value ?? ""] : [],
  );
  if (atS === undefined || signatures.length === 0 || signatures.length > SIGNATURES_MAX) return null;
  return { atS: Number(atS), signatures };
}

/** The signature that the secret makes of this body and time, if the header holds it; else null. Compares in constant time. */
export function matchingSignature({ atS, signatures }: ParsedSignature, secret: string, body: Buffer): string | null {
  const expected = hmac(secret, atS, body);
  return signatures.some((one) => timingSafeEqual(Buffer.from(one), Buffer.from(expected))) ? expected : null;
}

function hmac(secret: string, atS: number, body: Buffer | string): string {
  return createHmac("sha256", secret).update(`${atS}.`).update(body).digest("hex");
}
