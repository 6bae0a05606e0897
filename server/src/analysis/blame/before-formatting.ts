import type { FileDiff } from "../diff/parse-diff.ts";
import { reformattedLines } from "./reformatted-lines.ts";
import { transplantedLines } from "./transplanted-lines.ts";

/**
 * Where a line stood before a commit that did no more to it than lay it out anew or move it; null where the commit changed it, brought it,
 * or where that can't be told. `files` are all that the commit changed.
 */
export function beforeFormatting(
  files: readonly FileDiff[],
  path: string,
  line: number,
): { readonly path: string; readonly line: number } | null {
  const file = files.find((one) => one.newPath === path);
  if (file === undefined) return null;
  const origin = reformattedLines(file).origins.get(line);
  if (origin !== undefined && file.oldPath !== null) return { path: file.oldPath, line: origin };
  const added = file.hunks.flatMap((hunk) => hunk.lines).find((one) => one.kind === "added" && one.newLine === line);
  return (added !== undefined && transplantedLines(files).origins.get(added)) || null;
}
