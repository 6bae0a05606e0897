import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { CulpritError } from "../errors/culprit-error.ts";
import { type DerivedKey, deriveKey } from "./derive-key.ts";
import { KeyFile } from "./key-file.ts";
import { parseSecret } from "./parse-secret.ts";
import type { SecretBox } from "./secret-box.ts";

/*
 * Sealed: `c1.<key id>.<base64url of nonce, ciphertext, tag>`; 12 and 16 bytes as AES-GCM has them (NIST SP 800-38D).
 * Signed: `<base64url of JSON [seconds, payload]>.<base64url of the first 16 bytes of an HMAC-SHA256>`; half of it, as RFC 2104
 * allows, so that a token fits into a path.
 */
const FORMAT = "c1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SIGNATURE_BYTES = 16;

/** The box, and what only its upkeep needs. */
export interface KeptSecretBox extends SecretBox {
  /** Puts a new key first in the file. @throws CulpritError CONFIG_INVALID where the keys are in CULPRIT_SECRET. */
  addKey(): void;
}

/**
 * Opens the box of the setting `secret`, or of the file `secret.key` where it is empty. With a setting, keys of the file go
 * on opening what they sealed. The file is made when the first key is needed.
 * @throws CulpritError CONFIG_INVALID when a key of the setting could be guessed.
 */
export function openSecretBox(options: { readonly secret: string; readonly dataDir: string }): KeptSecretBox {
  const given = parseSecret(options.secret);
  const file = new KeyFile(join(options.dataDir, "secret.key"));
  const derived = new Map<string, DerivedKey>();
  const keyOf = (secret: string): DerivedKey => {
    const known = derived.get(secret) ?? deriveKey(secret);
    derived.set(secret, known);
    return known;
  };
  const newest = (): DerivedKey => {
    const [first] = given.length > 0 ? given : file.made();
    if (first === undefined) throw new Error("there is no key to seal with");
    return keyOf(first);
  };
  const all = (): readonly DerivedKey[] => [...given, ...file.keys()].map(keyOf);

  return {
    seal(plain, bind) {
      const key = newest();
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key.sealing, nonce).setAAD(Buffer.from(bind));
      const parts = [nonce, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()];
      return `${FORMAT}.${key.id}.${Buffer.concat(parts).toString("base64url")}`;
    },
    open(sealed, bind) {
      const [format, keyId = "", text = ""] = sealed.split(".");
      const key = format === FORMAT ? all().find(({ id }) => id === keyId) : undefined;
      if (key === undefined) throw unreadable(bind, `its key ${JSON.stringify(keyId.slice(0, 8))} is not here`);
      const bytes = Buffer.from(text, "base64url");
      try {
        const decipher = createDecipheriv("aes-256-gcm", key.sealing, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(Buffer.from(bind)).setAuthTag(bytes.subarray(-TAG_BYTES));
        const plain = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
        return Buffer.concat([plain, decipher.final()]).toString("utf8");
      } catch (cause) {
        throw unreadable(bind, "it was changed, or belongs to something else", cause);
      }
    },
    isCurrent: (sealed) => sealed.startsWith(`${FORMAT}.${newest().id}.`),
    sign(purpose, payload, expiresAt) {
      const content = JSON.stringify([Math.floor(expiresAt.getTime() / 1000), payload]);
      const body = Buffer.from(content).toString("base64url");
      return `${body}.${signature(newest(), purpose, body).toString("base64url")}`;
    },
    verify(purpose, token, now) {
      const [body = "", given = "", ...rest] = token.split(".");
      const signed = Buffer.from(given, "base64url");
      // Decoding skips strange characters and spare bits: only the one text that `sign` wrote is this token.
      if (rest.length > 0 || signed.length !== SIGNATURE_BYTES || signed.toString("base64url") !== given) return null;
      if (!all().some((key) => timingSafeEqual(signature(key, purpose, body), signed))) return null;
      // The signature holds, so it is JSON that `sign` wrote.
      const [seconds, payload] = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as [
        number,
        Readonly<Record<string, string>>,
      ];
      return seconds * 1000 > now.getTime() ? payload : null;
    },
    addKey() {
      if (given.length > 0) {
        throw new CulpritError(
          "CONFIG_INVALID",
          "The keys are in CULPRIT_SECRET: put a new one before the others there, separated by a comma, then run this again.",
          { details: { field: "secret" } },
        );
      }
      file.addKey();
    },
  };
}

function signature(key: DerivedKey, purpose: string, body: string): Buffer {
  return createHmac("sha256", key.signing).update(`${purpose}\0${body}`).digest().subarray(0, SIGNATURE_BYTES);
}

function unreadable(bind: string, why: string, cause?: unknown): CulpritError {
  return new CulpritError(
    "SECRET_UNREADABLE",
    `The stored secret of ${bind} can't be decrypted: ${why}. Put the old key back (CULPRIT_SECRET or secret.key), or enter this secret anew.`,
    { cause },
  );
}
