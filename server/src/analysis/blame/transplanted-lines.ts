import type { DiffLine, FileDiff } from "../diff/parse-diff.ts";
import { type CodeToken, type Dialect, dialectOf } from "./code-tokens.ts";
import { plainTokens } from "./plain-tokens.ts";
import { textOf } from "./reformatted-lines.ts";

/** Lines of one commit that were taken out in one place and put in at another, however they are laid out there. */
export interface TransplantedLines {
  readonly lines: ReadonlySet<DiffLine>;
  /** Where each of the lines put in stood. */
  readonly origins: ReadonlyMap<DiffLine, { readonly path: string; readonly line: number }>;
}

/** Tokens in a row that must be found again; fewer stand in any two programs. */
const runMin = 16;
const gram = 6;
const tokensMax = 60_000;
const known = new WeakMap<readonly FileDiff[], TransplantedLines>();

interface Placed {
  readonly token: CodeToken;
  readonly line: DiffLine;
  readonly path: string;
}

/** Looks through a commit for code that it moved and laid out anew at once, by runs of tokens. */
export function transplantedLines(files: readonly FileDiff[]): TransplantedLines {
  const found = known.get(files) ?? lookThrough(files);
  known.set(files, found);
  return found;
}

function lookThrough(files: readonly FileDiff[]): TransplantedLines {
  const lines = new Set<DiffLine>();
  const origins = new Map<DiffLine, { path: string; line: number }>();
  for (const dialect of ["script", "braces", "python"] as const) {
    const removed = placedTokens(files, "removed", dialect);
    const added = removed.length < runMin ? [] : placedTokens(files, "added", dialect);
    if (added.length < runMin || added.length > tokensMax || removed.length > tokensMax) continue;
    const origin = findRuns(removed, added);
    const taken = new Uint8Array(removed.length);
    for (const at of origin) if (at >= 0) taken[at] = 1;
    const isWhole = wholeLines(removed, (at) => taken[at] === 1);
    for (const line of isWhole) lines.add(line);
    const news = wholeLines(added, (at) => {
      const from = removed[origin[at] ?? -1];
      return from !== undefined && isWhole.has(from.line);
    });
    added.forEach(({ line }, at) => {
      const from = removed[origin[at] ?? -1];
      if (!news.has(line) || origins.has(line) || from?.line.oldLine == null) return;
      lines.add(line);
      origins.set(line, { path: from.path, line: from.line.oldLine });
    });
  }
  return { lines, origins };
}

/** The tokens of all lines that a commit took out, or put in. */
function placedTokens(files: readonly FileDiff[], kind: "added" | "removed", dialect: Dialect): Placed[] {
  return files.flatMap((file) => {
    const path = kind === "added" ? file.newPath : file.oldPath;
    if (path === null || dialectOf(path) !== dialect) return [];
    return file.hunks.flatMap((hunk) => {
      const side = hunk.lines.filter((line) => line.kind === kind);
      const tokens = side.length > tokensMax / 4 ? [] : plainTokens(textOf(side), dialect);
      return tokens.flatMap((token): Placed[] => {
        const line = side[token.line];
        return line === undefined ? [] : [{ token, line, path }];
      });
    });
  });
}

/** For each token put in, the one taken out that it is, where enough of its neighbours are the same; else -1. */
function findRuns(removed: readonly Placed[], added: readonly Placed[]): Int32Array {
  const origin = new Int32Array(added.length).fill(-1);
  const keyAt = (side: readonly Placed[], at: number) =>
    side
      .slice(at, at + gram)
      .map(({ token }) => token.key)
      .join("\0");
  const starts = new Map<string, number[]>();
  for (let at = 0; at + gram <= removed.length; at++) {
    const key = keyAt(removed, at);
    const places = starts.get(key) ?? [];
    // What stands everywhere tells nothing of where it came from.
    if (places.length < 8) places.push(at);
    starts.set(key, places);
  }
  const isSame = (old: number, now: number) =>
    removed[old] !== undefined && removed[old]?.token.key === added[now]?.token.key;
  for (let at = 0; at + gram <= added.length; ) {
    let [best, length] = [-1, 0];
    for (const start of starts.get(keyAt(added, at)) ?? []) {
      let run = gram;
      while (isSame(start + run, at + run)) run += 1;
      if (run > length) [best, length] = [start, run];
    }
    if (length < runMin) {
      at += 1;
      continue;
    }
    for (let step = 0; step < length; step++) origin[at + step] = best + step;
    at += length;
  }
  return origin;
}

/** Lines of which every token passes. */
function wholeLines(side: readonly Placed[], passes: (at: number) => boolean): Set<DiffLine> {
  const whole = new Set(side.map(({ line }) => line));
  side.forEach(({ line }, at) => {
    if (!passes(at)) whole.delete(line);
  });
  return whole;
}
