import { hash, randomBytes, timingSafeEqual } from "node:crypto";

export type KeyType = "ingest" | "api";

export interface NewKey {
  /** The whole key, to be shown once. */
  readonly key: string;
  /** The part that is stored in clear, shown to people and looked up. */
  readonly prefix: string;
  readonly secretHash: Buffer;
}

const keyPattern = /^(culprit_(ingest|api)_[0-9a-f]{12})_[0-9a-f]{48}$/;

/**
 * A new random key, `culprit_ingest_<12 hex>_<48 hex>`: 192 secret bits, so a plain SHA-256 is enough to keep it.
 * Only word characters, because it also stands in a Sentry DSN.
 */
export function newKey(type: KeyType): NewKey {
  const prefix = `culprit_${type}_${randomBytes(6).toString("hex")}`;
  const key = `${prefix}_${randomBytes(24).toString("hex")}`;
  return { key, prefix, secretHash: hashSecret(key) };
}

/** The look-up prefix of something that is shaped like a key, or null. */
export function keyPrefix(key: string): string | null {
  return keyPattern.exec(key)?.[1] ?? null;
}

/** SHA-256 of a high-entropy secret. */
export function hashSecret(secret: string): Buffer {
  return hash("sha256", secret, "buffer");
}

/** Compares in constant time. */
export function isSameSecret(secret: string, known: Buffer): boolean {
  const own = hashSecret(secret);
  return own.length === known.length && timingSafeEqual(own, known);
}

/** A random token for a link or a session, 256 bits, base64url. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}
