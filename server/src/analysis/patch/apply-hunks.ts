import { anchorHunk } from "./anchor-hunk.ts";
import type { LooseHunk, LooseLine } from "./read-loose-patch.ts";

interface SourceLine {
  readonly text: string;
  /** The line break that ends it; empty only for the last line of a file. */
  readonly eol: string;
}

interface Placed {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly SourceLine[];
}

/**
 * A text with hunks applied wherever they fit; the lines of the file keep their line breaks and white space, and added lines
 * take the indentation of those around them. `notes` says what had to be overlooked.
 */
export function applyHunks(
  source: string,
  hunks: readonly LooseHunk[],
): { readonly text: string; readonly notes: readonly string[] } | { readonly reason: string } {
  const lines = splitLines(source);
  const texts = lines.map(({ text }) => text);
  const placed: Placed[] = [];
  const notes: string[] = [];
  for (const hunk of hunks) {
    const anchor = anchorHunk(texts, hunk);
    if ("reason" in anchor) return anchor;
    const moved =
      hunk.oldStart !== null && hunk.oldStart - 1 !== anchor.at && anchor.lines.length === hunk.lines.length;
    if (moved) notes.push(`a hunk stands at line ${anchor.at + 1}, not ${hunk.oldStart}`);
    if (anchor.note !== "") notes.push(`${anchor.note} did not agree`);
    placed.push(place(lines, anchor.at, anchor.lines, hunk.isUnended));
  }
  placed.sort((a, b) => a.start - b.start);
  const result: SourceLine[] = [];
  let at = 0;
  for (const piece of placed) {
    if (piece.start < at) return { reason: "two hunks want to change the same lines" };
    result.push(...lines.slice(at, piece.start), ...piece.lines);
    at = piece.end;
  }
  result.push(...lines.slice(at));
  return { text: joinLines(result, dominantEol(lines)), notes };
}

function place(source: readonly SourceLine[], at: number, lines: readonly LooseLine[], isUnended: boolean): Placed {
  const result: SourceLine[] = [];
  let end = at;
  const eol = source[at]?.eol || dominantEol(source);
  const shift = indentationShift(source, at, lines);
  for (const line of lines) {
    if (line.kind === "added") {
      result.push({ text: shift(line.text, end), eol });
      continue;
    }
    const own = source[end];
    if (line.kind === "context" && own !== undefined) result.push(own);
    end += 1;
  }
  const last = result.at(-1);
  if (end === source.length && last !== undefined)
    result[result.length - 1] = { ...last, eol: isUnended ? "" : (source.at(-1)?.eol ?? eol) };
  return { start: at, end, lines: result };
}

/** How an added line is indented here: as the line beside it, whose indentation may differ from what the patch shows. */
function indentationShift(
  source: readonly SourceLine[],
  at: number,
  lines: readonly LooseLine[],
): (text: string, before: number) => string {
  const pairs: { readonly index: number; readonly from: string; readonly to: string }[] = [];
  let index = at;
  for (const line of lines) {
    if (line.kind === "added") continue;
    const own = source[index]?.text ?? "";
    if (own.trim() !== "") pairs.push({ index, from: indentOf(line.text), to: indentOf(own) });
    index += 1;
  }
  if (pairs.every(({ from, to }) => from === to)) return (text) => text;
  return (text, before) => {
    if (text.trim() === "") return text;
    const near = [...pairs].sort((a, b) => distance(a.index, before) - distance(b.index, before));
    const pair = near.find(({ from }) => indentOf(text).startsWith(from));
    return pair === undefined ? text : pair.to + text.slice(pair.from.length);
  };
}

/** The line before an added one says more of its indentation than the one after. */
function distance(index: number, before: number): number {
  return index < before ? 2 * (before - index) - 1 : 2 * (index - before) + 2;
}

function indentOf(text: string): string {
  return /^[ \t]*/.exec(text)?.[0] ?? "";
}

function splitLines(source: string): SourceLine[] {
  if (source === "") return [];
  const lines: SourceLine[] = [];
  for (const match of source.matchAll(/([^\n]*?)(\r?\n|$)/g)) {
    if (match[0] === "") break;
    lines.push({ text: match[1] ?? "", eol: match[2] ?? "" });
  }
  return lines;
}

function dominantEol(lines: readonly SourceLine[]): string {
  const crlf = lines.filter(({ eol }) => eol === "\r\n").length;
  return crlf * 2 > lines.length ? "\r\n" : "\n";
}

/** Only the last line may be without a line break. */
function joinLines(lines: readonly SourceLine[], eol: string): string {
  return lines.map((line, at) => line.text + (line.eol === "" && at < lines.length - 1 ? eol : line.eol)).join("");
}
