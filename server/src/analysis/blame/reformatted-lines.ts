import type { DiffHunk, DiffLine, FileDiff } from "../diff/parse-diff.ts";
import { alignTokens } from "./align-tokens.ts";
import { type CodeToken, type Dialect, dialectOf } from "./code-tokens.ts";
import { plainTokens } from "./plain-tokens.ts";

/** Lines of one file's diff that only look otherwise than before. */
export interface ReformattedLines {
  /** Added and removed lines of stretches that say the same on both sides, token for token. */
  readonly lines: ReadonlySet<DiffLine>;
  /** For lines of the new side that were added so: the old line where they began. */
  readonly origins: ReadonlyMap<number, number>;
}

const none: ReformattedLines = { lines: new Set(), origins: new Map() };
const linesMax = 6_000;
const charsMax = 400_000;
const known = new WeakMap<FileDiff, ReformattedLines>();

/** Which lines of a file's diff were only re-spaced, wrapped, joined or respelt; of languages that {@link dialectOf} knows. */
export function reformattedLines(file: FileDiff): ReformattedLines {
  const found = known.get(file) ?? lookThrough(file);
  known.set(file, found);
  return found;
}

function lookThrough(file: FileDiff): ReformattedLines {
  const dialect = dialectOf(file.newPath ?? "");
  if (dialect === null || file.oldPath === null || dialectOf(file.oldPath) !== dialect) return none;
  const lines = new Set<DiffLine>();
  const origins = new Map<number, number>();
  for (const hunk of file.hunks) lookAtHunk(hunk, dialect, lines, origins);
  return { lines, origins };
}

function lookAtHunk(hunk: DiffHunk, dialect: Dialect, lines: Set<DiffLine>, origins: Map<number, number>): void {
  const olds = hunk.lines.filter((line) => line.kind !== "added");
  const news = hunk.lines.filter((line) => line.kind !== "removed");
  if (olds.length === hunk.lines.length || news.length === hunk.lines.length) return;
  // Minified code is nobody's formatting.
  if (hunk.lines.length > linesMax || hunk.lines.reduce((sum, { text }) => sum + text.length, 0) > charsMax) return;
  const before = plainTokens(textOf(olds), dialect);
  const after = plainTokens(textOf(news), dialect);
  const origin = alignTokens(before, after);
  if (origin === null) return;
  for (const stretch of stretchesOf(before, after, origin)) {
    if (!stretch.isSame) continue;
    for (let at = stretch.oldFrom; at < stretch.oldTo; at++) mark(olds, before[at], lines);
    for (let at = stretch.newFrom; at < stretch.newTo; at++) {
      mark(news, after[at], lines);
      const newLine = news[after[at]?.line ?? -1]?.newLine ?? null;
      const oldLine = olds[before[origin[at] ?? -1]?.line ?? -1]?.oldLine ?? null;
      if (newLine !== null && oldLine !== null && !origins.has(newLine)) origins.set(newLine, oldLine);
    }
  }
  markEmpty(news, after, lines);
  markEmpty(olds, before, lines);
}

export function textOf(lines: readonly DiffLine[]): string {
  return lines.map((line) => line.text.replace(/\r$/, "")).join("\n");
}

function mark(side: readonly DiffLine[], token: CodeToken | undefined, lines: Set<DiffLine>): void {
  const line = side[token?.line ?? -1];
  if (line !== undefined && line.kind !== "context") lines.add(line);
}

/** Lines without a token are comments, or hold only what a formatter put there. */
function markEmpty(side: readonly DiffLine[], tokens: readonly CodeToken[], lines: Set<DiffLine>): void {
  const full = new Set(tokens.map((token) => token.line));
  side.forEach((line, index) => {
    if (line.kind !== "context" && !full.has(index)) lines.add(line);
  });
}

interface Stretch {
  readonly oldFrom: number;
  readonly oldTo: number;
  readonly newFrom: number;
  readonly newTo: number;
  readonly isSame: boolean;
}

/** Cuts two token lists where a line begins on both sides, and says of each pair of pieces whether they are the same. */
function stretchesOf(before: readonly CodeToken[], after: readonly CodeToken[], origin: Int32Array): Stretch[] {
  const startsLine = (side: readonly CodeToken[], at: number) =>
    at === 0 || at === side.length || side[at]?.line !== side[at - 1]?.line;
  const found: Stretch[] = [];
  let [oldFrom, newFrom, oldAt, newAt] = [0, 0, 0, 0];
  let isSame = true;
  const cut = () => {
    if (!startsLine(before, oldAt) || !startsLine(after, newAt)) return;
    if (oldAt > oldFrom || newAt > newFrom) found.push({ oldFrom, oldTo: oldAt, newFrom, newTo: newAt, isSame });
    [oldFrom, newFrom, isSame] = [oldAt, newAt, true];
  };
  const next = nextMatches(origin);
  while (oldAt < before.length || newAt < after.length) {
    const match = next[newAt] ?? origin.length;
    const oldMatch = origin[match] ?? before.length;
    if (match === newAt && oldMatch === oldAt) {
      oldAt += 1;
      newAt += 1;
    } else {
      isSame = false;
      if (oldAt < oldMatch) oldAt += 1;
      else newAt += 1;
    }
    cut();
  }
  return found;
}

/** For each new token the first from it on that stood before. */
function nextMatches(origin: Int32Array): Int32Array {
  const next = new Int32Array(origin.length);
  let match = origin.length;
  for (let at = origin.length - 1; at >= 0; at--) {
    if ((origin[at] ?? -1) >= 0) match = at;
    next[at] = match;
  }
  return next;
}
