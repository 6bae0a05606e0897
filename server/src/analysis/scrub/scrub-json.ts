import { type ScrubCounts, type ScrubOptions, scrubText, stateWords, storable } from "./scrub-text.ts";

/** How much of an attached value is kept; what is beyond is replaced by a mark that says so. */
export const jsonLimits = { depth: 8, entries: 200, textChars: 8_192, keyChars: 255, nodes: 5_000 } as const;

const secretKey =
  /pass(?:word|wd|phrase|code)|(?:^|[_\-.])(?:pwd|pass|pin|ssn|otp|auth)(?:$|[_\-.])|cv[vc]2?(?:$|[^a-z])|cv[vc]2?[_-]?code|secret|(?:^|[^a-z])tokens?$|[a-z]Tokens?$|^x-.*token|csrf|xsrf|api[_-]?key|access[_-]?key|private[_-]?key|authorization|credential|cookie|sess(?:ion)?[_-]?id|card[_-]?number|social[_-]?security/i;

/** Secret as the name of a text alone: a number or an object under it tells about a session, and opens none. */
const secretTextKey = /(?:^|[_\-.])(?:sig|sid|session)$|(?:^|-)signature$/i;
const stateWord = new RegExp(`^(?:${stateWords})$`, "i");

/**
 * A JSON value without secrets and personal data, by what keys are called and by what texts look like, within `jsonLimits`.
 * Returns the value itself where nothing had to change; never changes it.
 */
export function scrubJson(value: unknown, counts: ScrubCounts, options: ScrubOptions = {}): unknown {
  return walk(value, 0, { left: jsonLimits.nodes, counts, options });
}

const mark = "[secret_field]";

interface Walk {
  left: number;
  readonly counts: ScrubCounts;
  readonly options: ScrubOptions;
}

function walk(value: unknown, depth: number, state: Walk): unknown {
  if (typeof value === "string") return scrubBounded(value, state);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object") return value === undefined ? undefined : String(value);
  state.left -= 1;
  if (depth >= jsonLimits.depth || state.left <= 0) return "[cut]";
  return Array.isArray(value) ? walkArray(value, depth, state) : walkObject(value, depth, state);
}

function scrubBounded(text: string, state: Walk): string {
  const cut = text.length > jsonLimits.textChars ? `${text.slice(0, jsonLimits.textChars)}…` : text;
  return scrubText(cut, state.counts, state.options);
}

function walkArray(list: readonly unknown[], depth: number, state: Walk): unknown {
  const length = Math.min(list.length, jsonLimits.entries);
  let copy: unknown[] | null = length < list.length ? list.slice(0, length) : null;
  for (let index = 0; index < length; index += 1) {
    const before = list[index];
    const after = isSecretPair(before) ? [before[0], takeOut(state)] : walk(before, depth + 1, state);
    if (after === before) continue;
    copy ??= list.slice();
    copy[index] = after;
  }
  return copy ?? list;
}

function walkObject(object: object, depth: number, state: Walk): unknown {
  const entries = Object.entries(object);
  const kept = entries.length > jsonLimits.entries ? entries.slice(0, jsonLimits.entries) : entries;
  let changed = kept.length < entries.length;
  for (const entry of kept) {
    const [key, before] = entry;
    const after = isSecret(key, before) ? takeOut(state) : walk(before, depth + 1, state);
    const name = storable(key.length > jsonLimits.keyChars ? key.slice(0, jsonLimits.keyChars) : key);
    if (after === before && name === key) continue;
    entry[0] = name;
    entry[1] = after;
    changed = true;
  }
  return changed ? Object.fromEntries(kept) : object;
}

/** Query strings and headers come as lists of pairs as well. */
function isSecretPair(value: unknown): value is readonly [string, string] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [key, text] = value;
  return typeof key === "string" && typeof text === "string" && isSecret(key, text);
}

/** Numbers, flags and empty values under such a name are kept: `tokens: 512` and `password: null` tell nobody anything. */
function isSecret(key: string, value: unknown): boolean {
  if (value === null || value === undefined || value === "" || typeof value === "boolean" || value === mark)
    return false;
  if (typeof value === "number") return /pass|pin|ssn|cvv|cvc|otp|card/i.test(key) && secretKey.test(key);
  if (secretKey.test(key)) return true;
  return typeof value === "string" && secretTextKey.test(key) && !stateWord.test(value);
}

function takeOut(state: Walk): string {
  state.counts.secret_field = (state.counts.secret_field ?? 0) + 1;
  return mark;
}
