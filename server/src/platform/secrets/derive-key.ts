import { hkdfSync } from "node:crypto";

/** One key of the box: what it is called in sealed texts, and what it does. */
export interface DerivedKey {
  /** 8 hex digits that tell keys apart and say nothing about them. */
  readonly id: string;
  readonly sealing: Buffer;
  readonly signing: Buffer;
}

/** The keys behind one secret, each for its own purpose (HKDF-SHA256, RFC 5869). */
export function deriveKey(secret: string): DerivedKey {
  return {
    id: expand(secret, "id", 4).toString("hex"),
    sealing: expand(secret, "seal", 32),
    signing: expand(secret, "sign", 32),
  };
}

function expand(secret: string, purpose: string, length: number): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", `culprit/${purpose}/v1`, length));
}
