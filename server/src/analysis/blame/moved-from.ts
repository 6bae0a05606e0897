import type { DiffLine, FileDiff } from "../diff/parse-diff.ts";
import { normaliseLine } from "./change-substance.ts";
import { transplantedLines } from "./transplanted-lines.ts";

/** Where a stretch of new lines stood before a commit moved it there. */
export interface MovedFrom {
  readonly path: string;
  readonly first: number;
  readonly last: number;
  /** Old line for each new line that was found again. */
  readonly lines: ReadonlyMap<number, number>;
}

const shareMin = 0.6;

/**
 * Where the commit took lines `first` to `last` of a file from, when it moved rather than wrote them: most of them were taken
 * out elsewhere in the same commit. Null for lines that are not new, or new for good.
 */
export function movedFrom(files: readonly FileDiff[], path: string, first: number, last: number): MovedFrom | null {
  const file = files.find((one) => one.newPath === path);
  if (file === undefined) return null;
  const added = file.hunks
    .flatMap((hunk) => hunk.lines)
    .filter(
      (line) =>
        line.kind === "added" &&
        line.newLine !== null &&
        line.newLine >= first &&
        line.newLine <= last &&
        isTelling(line.text),
    );
  if (added.length === 0 || added.length * 2 < last - first) return null;
  const wanted = new Set(added.map((line) => normaliseLine(line.text)));
  let best: { path: string; lines: Map<number, number> } | null = null;
  for (const other of files) {
    if (other.oldPath === null) continue;
    const removed = other.hunks
      .flatMap((hunk) => hunk.lines)
      .filter((line) => line.kind === "removed" && wanted.has(normaliseLine(line.text)));
    const lines = new Map<number, number>();
    let from = 0;
    // In order, so that a line that stands twice is the one at its place.
    for (const line of added) {
      const key = normaliseLine(line.text);
      const at = removed.findIndex((one, index) => index >= from && normaliseLine(one.text) === key);
      const found = removed[at];
      if (found?.oldLine == null || line.newLine === null) continue;
      lines.set(line.newLine, found.oldLine);
      from = at + 1;
    }
    if (best === null || lines.size > best.lines.size) best = { path: other.oldPath, lines };
  }
  const laidOut = transplantedTo(files, added);
  if (laidOut !== null && (best === null || laidOut.lines.size > best.lines.size)) best = laidOut;
  if (best === null || best.lines.size < added.length * shareMin) return null;
  const olds = [...best.lines.values()];
  return { path: best.path, first: Math.min(...olds), last: Math.max(...olds), lines: best.lines };
}

/** The file that most of the lines were taken from, whose layout there was another. */
function transplantedTo(
  files: readonly FileDiff[],
  added: readonly DiffLine[],
): { path: string; lines: Map<number, number> } | null {
  const { origins } = transplantedLines(files);
  const byPath = new Map<string, Map<number, number>>();
  for (const line of added) {
    const from = origins.get(line);
    if (from === undefined || line.newLine === null) continue;
    const lines = byPath.get(from.path) ?? new Map<number, number>();
    byPath.set(from.path, lines.set(line.newLine, from.line));
  }
  const [most] = [...byPath].sort(([, a], [, b]) => b.size - a.size);
  return most === undefined ? null : { path: most[0], lines: most[1] };
}

function isTelling(text: string): boolean {
  return /[A-Za-z0-9]/.test(text);
}
