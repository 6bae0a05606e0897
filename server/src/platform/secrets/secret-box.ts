/**
 * Encryption at rest and signatures, under the keys of CULPRIT_SECRET or of the file `secret.key` in the data folder
 * (0600, made at first use). AES-256-GCM; the sealed text names its key, so that keys can be rotated: the newest seals,
 * all open.
 */
export interface SecretBox {
  /** `bind` is what it belongs to (`integration:<id>`); the sealed text opens only with the same. */
  seal(plain: string, bind: string): string;
  /** @throws CulpritError SECRET_UNREADABLE when its key is lost, or it was changed or moved. */
  open(sealed: string, bind: string): string;
  /** Whether `sealed` is under the newest key. */
  isCurrent(sealed: string): boolean;
  /** A signed token of `payload`, of URL-safe characters, good until `expiresAt`. `purpose` keeps kinds of tokens apart. */
  sign(purpose: string, payload: Readonly<Record<string, string>>, expiresAt: Date): string;
  /** The payload, or null when the signature is wrong, is written otherwise than `sign` writes it, or it is over. */
  verify(purpose: string, token: string, now: Date): Readonly<Record<string, string>> | null;
}
