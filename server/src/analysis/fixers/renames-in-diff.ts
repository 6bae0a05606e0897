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

/**
 * The names that a diff replaced: pairs of a removed and an added line that differ in one or two names and nothing
 * else. Most frequent first. White space does not count as a difference.
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
        for (const [from, to] of closestPair(removed, added)) {
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
    if (isNameOnly && pairs.length > 0 && pairs.length <= 2 && (best.length === 0 || pairs.length < best.length))
      best = pairs;
  }
  return best;
}
