import type { FileDiff } from "../diff/parse-diff.ts";
import { pairsOfHunk } from "./change-substance.ts";
import { reformattedLines } from "./reformatted-lines.ts";

/** Where a line of the newer file stood in the older one. */
export type LineOrigin =
  | { readonly kind: "same"; readonly line: number }
  /** The line was written anew in place of a like one. */
  | { readonly kind: "changed"; readonly line: number; readonly before: string }
  /** The line did not exist; `line` is where it was put in. */
  | { readonly kind: "born"; readonly line: number };

/** Follows one line of the new side of a file's diff back to the old side. */
export function originOfLine(file: FileDiff, line: number): LineOrigin {
  let shift = 0;
  for (const hunk of file.hunks) {
    const newFirst = hunk.newLines === 0 ? hunk.newStart + 1 : hunk.newStart;
    if (line < newFirst) break;
    if (line >= newFirst + hunk.newLines) {
      shift = hunk.oldStart + hunk.oldLines - (hunk.newStart + hunk.newLines);
      if (hunk.oldLines === 0) shift += 1;
      if (hunk.newLines === 0) shift -= 1;
      continue;
    }
    let lastOld = hunk.oldLines === 0 ? hunk.oldStart : hunk.oldStart - 1;
    for (const row of hunk.lines) {
      if (row.oldLine !== null) lastOld = row.oldLine;
      if (row.newLine !== line) continue;
      if (row.kind === "context" && row.oldLine !== null) return { kind: "same", line: row.oldLine };
      const origin = reformattedLines(file).origins.get(line);
      const before = hunk.lines.find((one) => one.oldLine !== null && one.oldLine === origin);
      if (origin !== undefined && before !== undefined) return { kind: "changed", line: origin, before: before.text };
      const pair = pairsOfHunk(hunk.lines).find(([, after]) => after.newLine === line);
      if (pair !== undefined && pair[0].oldLine !== null)
        return { kind: "changed", line: pair[0].oldLine, before: pair[0].text };
      return { kind: "born", line: Math.max(1, lastOld) };
    }
  }
  return { kind: "same", line: Math.max(1, line + shift) };
}

/** Follows a range back; it stays at least one line long. */
export function originOfRange(file: FileDiff, first: number, last: number): { first: number; last: number } {
  const from = originOfLine(file, first);
  const to = originOfLine(file, last);
  return { first: from.line, last: Math.max(from.line, to.line) };
}
