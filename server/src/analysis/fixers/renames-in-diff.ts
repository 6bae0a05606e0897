import { parseDiff } from "../diff/parse-diff.ts";

/** A name that a change replaced by another. */
export interface Rename {
  readonly from: string;
  readonly to: string;
  /** On how many line pairs. */
  readonly count: number;
  readonly paths: readonly string[];
}

const word = /[\p{ID_Start}$_][\p{ID_Continue}$]*|\d+|[^\s\w]/gu;
const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

const namesMax = 4;

/**
 * The names that a diff replaced: pairs of a removed and an added line that differ in a few names and nothing else, and
 * properties that have the same value under another name. Most frequent first. White space does not count as a difference.
 */
export function renamesInDiff(diff: string): Rename[] {
  const found = new Map<string, { from: string; to: string; count: number; paths: Set<string> }>();
  for (const file of parseDiff(diff)) {
    const path = file.newPath ?? file.oldPath ?? "";
    for (const hunk of file.hunks) {
      const removed = hunk.lines.filter((line) => line.kind === "removed").map((line) => line.text.match(word) ?? []);
      for (const line of hunk.lines) {
        if (line.kind !== "added") continue;
        const added = line.text.match(word) ?? [];
        for (const [from, to] of [...closestPair(removed, added), ...renamedKeys(removed, added)]) {
          const key = `${from} ${to}`;
          const entry = found.get(key) ?? { from, to, count: 0, paths: new Set<string>() };
          entry.count += 1;
          entry.paths.add(path);
          found.set(key, entry);
        }
      }
    }
  }
  return [...found.values()]
    .map((entry) => ({ ...entry, paths: [...entry.paths] }))
    .sort((a, b) => b.count - a.count || a.from.localeCompare(b.from));
}

function closestPair(removed: readonly (readonly string[])[], added: readonly string[]): [string, string][] {
  let best: [string, string][] = [];
  for (const old of removed) {
    if (old.length !== added.length) continue;
    const pairs: [string, string][] = [];
    let isNameOnly = true;
    for (const [at, before] of old.entries()) {
      const after = added[at] ?? "";
      if (before === after) continue;
      if (identifier.test(before) && identifier.test(after)) pairs.push([before, after]);
      else isNameOnly = false;
    }
    if (
      isNameOnly &&
      pairs.length > 0 &&
      pairs.length <= namesMax &&
      pairs.length * 2 < old.length &&
      (best.length === 0 || pairs.length < best.length)
    )
      best = pairs;
  }
  return best;
}

/** Properties of an object that have the same value under another name on the added line, where the old name is gone. */
function renamedKeys(removed: readonly (readonly string[])[], added: readonly string[]): [string, string][] {
  const now = propertiesOf(added);
  const found = new Map<string, string>();
  for (const old of removed) {
    if (old.length === added.length) continue;
    const before = propertiesOf(old);
    const shared = [...before].filter(([key, value]) => now.get(key) === value).length;
    for (const [key, value] of before) {
      if (now.has(key)) continue;
      const successors = [...now].filter(([name, other]) => other === value && !before.has(name));
      const [only] = successors;
      // One value alone is alike by chance too often.
      const isSure = successors.length === 1 && (shared > 0 || /["'`]|\D/.test(value));
      if (only !== undefined && isSure && !found.has(key)) found.set(key, only[0]);
    }
  }
  return [...found];
}

/** `key: value` pairs of a line, values up to the next comma or bracket. */
function propertiesOf(words: readonly string[]): Map<string, string> {
  const properties = new Map<string, string>();
  for (const [at, key] of words.entries()) {
    if (words[at + 1] !== ":" || !identifier.test(key)) continue;
    const end = words.findIndex((text, index) => index > at + 1 && [",", "}", "]", ")"].includes(text));
    const value = words.slice(at + 2, end < 0 ? words.length : end).join(" ");
    if (value !== "" && !properties.has(key)) properties.set(key, value);
  }
  return properties;
}
