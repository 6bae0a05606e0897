import { CulpritError } from "../errors/culprit-error.ts";

const LENGTH_MIN = 32;
/** Fewer different characters than this in so long a text is a word repeated, not chance. */
const DISTINCT_MIN = 10;

/**
 * The keys of the setting `secret`, the newest first.
 * @throws CulpritError CONFIG_INVALID for one that could be guessed; the message does not repeat it.
 */
export function parseSecret(setting: string): readonly string[] {
  const keys = setting
    .split(",")
    .map((key) => key.trim())
    .filter((key) => key !== "");
  for (const [index, key] of keys.entries()) {
    if (Buffer.byteLength(key) >= LENGTH_MIN && new Set(key).size >= DISTINCT_MIN) continue;
    throw new CulpritError(
      "CONFIG_INVALID",
      `Key ${index + 1} of CULPRIT_SECRET could be guessed: it needs at least ${LENGTH_MIN} characters, drawn by chance. Make one with: openssl rand -base64 32`,
      { details: { field: "secret" } },
    );
  }
  return keys;
}
