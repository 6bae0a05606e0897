import { scrubJson } from "../scrub/index.ts";

/** One field of a config change as it is stored. A secret has no values, only whether it changed. */
export interface StoredFieldChange {
  readonly field: string;
  readonly is_secret: boolean;
  readonly is_changed: boolean;
  readonly old_value?: unknown;
  readonly new_value?: unknown;
}

const secretName =
  /(?:^|_)(?:secrets?|passwords?|passwd|pwd|pass|passphrase|pin|tokens?|api_?keys?|apikey|access_?keys?|private_?keys?|signing_?keys?|encryption_?keys?|credentials?|creds|dsn|cookies?|salt|signature|jwt|auth|authorization|webhook_?url|connection_?string|database_?url|redis_?url|mongo_?ur[il]|session_?id)(?:_|$)/;

/** Whether a setting's name says that its value is secret. */
export function isSecretName(field: string): boolean {
  const snake = field
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
  return secretName.test(snake);
}

/** Changed fields with every secret's values dropped: by kind, by the setting's name, and by what a value looks like. */
export function hideSecrets(
  isSecretKind: boolean,
  changes: readonly { readonly field: string; readonly old_value?: unknown; readonly new_value?: unknown }[],
): StoredFieldChange[] {
  return changes.map((change) => {
    const isChanged = JSON.stringify(change.old_value) !== JSON.stringify(change.new_value);
    const counts = {};
    const old_value = scrubJson(change.old_value, counts);
    const new_value = scrubJson(change.new_value, counts);
    if (
      isSecretKind ||
      isSecretName(change.field) ||
      Object.keys(counts).length > 0 ||
      looksRandom(change.old_value) ||
      looksRandom(change.new_value)
    ) {
      return { field: change.field, is_secret: true, is_changed: isChanged };
    }
    return { field: change.field, is_secret: false, is_changed: isChanged, old_value, new_value };
  });
}

/** A long run of letters and digits mixed without words, such as a key has. A commit id or a UUID is none: both are public. */
function looksRandom(value: unknown): boolean {
  if (typeof value !== "string")
    return value !== null && typeof value === "object" && Object.values(value).some(looksRandom);
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:[\w./-]+@)?sha256:[0-9a-f]{64})$/i.test(value))
    return false;
  return (value.match(/[A-Za-z0-9+_=-]{24,}/g) ?? []).some((run) => {
    const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(run)).length;
    const switches = run.match(/[a-zA-Z]\d|\d[a-zA-Z]|[a-z][A-Z]/g)?.length ?? 0;
    return kinds >= 2 && switches >= 5;
  });
}
