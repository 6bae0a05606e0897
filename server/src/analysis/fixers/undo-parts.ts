import { type DiffHunk, parseDiff } from "../diff/parse-diff.ts";
import { mergeTokens } from "./merge-tokens.ts";

/** Lines that a change wrote, and what stood in their place before. */
export interface ChangedPart {
  /** From 1, after the change. */
  readonly start: number;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** The parts of a change in each file that it modified, from the top. Files that it added or removed have none. */
export function partsOf(diff: string): ReadonlyMap<string, readonly ChangedPart[]> {
  const parts = new Map<string, ChangedPart[]>();
  for (const file of parseDiff(diff)) {
    if (file.isBinary || file.newPath === null || file.oldPath === null) continue;
    parts.set(file.newPath, file.hunks.flatMap(partsOfHunk));
  }
  return parts;
}

function partsOfHunk(hunk: DiffHunk): ChangedPart[] {
  const parts: { start: number; added: string[]; removed: string[] }[] = [];
  let line = hunk.newStart;
  let isOpen = false;
  for (const { kind, text } of hunk.lines) {
    if (kind === "context") isOpen = false;
    else {
      if (!isOpen) parts.push({ start: line, added: [], removed: [] });
      isOpen = true;
      parts.at(-1)?.[kind === "added" ? "added" : "removed"].push(text);
    }
    if (kind !== "removed") line += 1;
  }
  return parts;
}

/**
 * The file as it is now with some parts of an older change undone; null where later changes wrote over them. `changed` is the
 * file right after the change.
 */
export function undoParts(changed: string, now: string, parts: readonly ChangedPart[]): string | null {
  const lines = changed.split("\n");
  for (const part of [...parts].sort((a, b) => b.start - a.start)) {
    // A hunk without lines on the new side names the line before it.
    lines.splice(part.start - 1, part.added.length, ...part.removed);
  }
  return mergeTokens(changed, now, lines.join("\n"));
}
