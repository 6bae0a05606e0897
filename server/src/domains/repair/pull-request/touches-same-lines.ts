import { type FileDiff, parseDiff } from "../../../analysis/diff/parse-diff.ts";
import type { ChangedFile } from "../../integration/index.ts";

/** Whether a pull request changes lines that the patch changes too; both are read on their own base, so lines may be off by what moved. */
export function touchesSameLines(patch: string, files: readonly ChangedFile[]): boolean {
  const own = new Map(parseDiff(patch).map((file) => [file.oldPath ?? file.newPath ?? "", changedLines(file)]));
  return files.some((file) => {
    const mine = own.get(file.previousPath ?? file.path) ?? own.get(file.path);
    if (mine === undefined || file.patch === null) return false;
    const [theirs] = parseDiff(
      `diff --git a/${file.path} b/${file.path}\n--- a/${file.path}\n+++ b/${file.path}\n${file.patch}`,
    );
    return theirs !== undefined && changedLines(theirs).some((line) => mine.includes(line));
  });
}

/** The same of two patches. */
export function patchesTouchSameLines(one: string, other: string): boolean {
  const lines = new Map(parseDiff(one).map((file) => [file.oldPath ?? file.newPath ?? "", changedLines(file)]));
  return parseDiff(other).some((file) => {
    const mine = lines.get(file.oldPath ?? file.newPath ?? "");
    return mine !== undefined && changedLines(file).some((line) => mine.includes(line));
  });
}

/** Lines of the old side that go, and those beside which something is put. */
function changedLines({ hunks }: FileDiff): number[] {
  const lines: number[] = [];
  for (const hunk of hunks) {
    let at = hunk.oldStart;
    // What is added where lines went stands in their place, not before the line that follows.
    let isReplacing = false;
    for (const line of hunk.lines) {
      if (line.kind === "removed") lines.push(line.oldLine ?? at);
      else if (line.kind === "added" && !isReplacing) lines.push(at);
      isReplacing = line.kind === "removed" || (line.kind === "added" && isReplacing);
      if (line.oldLine !== null) at = line.oldLine + 1;
    }
  }
  return [...new Set(lines)];
}
