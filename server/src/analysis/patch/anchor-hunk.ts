import type { LooseHunk, LooseLine } from "./read-loose-patch.ts";

/** Where the old lines of a hunk really are. */
export interface Anchor {
  /** Index of the first of them. */
  readonly at: number;
  /** The hunk without the context that was dropped to find it. */
  readonly lines: readonly LooseLine[];
  /** How it had to be read to be found; empty where it was found letter by letter. */
  readonly note: string;
}

interface Reading {
  readonly note: string;
  /** Whether several places may be told apart by the line number. */
  readonly trustsNumber: boolean;
  readonly read: (text: string) => string;
}

const readings: readonly Reading[] = [
  { note: "", trustsNumber: true, read: (text) => text },
  { note: "white space at the end of lines", trustsNumber: true, read: (text) => text.trimEnd() },
  { note: "indentation", trustsNumber: false, read: (text) => text.trim() },
  { note: "white space", trustsNumber: false, read: (text) => text.replace(/\s+/g, "") },
];
const contextDroppedMax = 3;

/**
 * Finds the place of a hunk in a file by what it says is there: letter by letter, then with less regard to white space, then
 * without its outermost context. Several places are told apart by the line number, and only where the text agrees well.
 * Null with the reason where there is no place, or no saying which.
 */
export function anchorHunk(source: readonly string[], hunk: LooseHunk): Anchor | { readonly reason: string } {
  const old = hunk.lines.filter(({ kind }) => kind !== "added");
  if (!old.some(({ text }) => /\w/.test(text)))
    return { reason: "a hunk names no line of the file to find its place by" };
  let reason = `no place holds ${JSON.stringify(
    old
      .find(({ text }) => /\w/.test(text))
      ?.text.trim()
      .slice(0, 80),
  )} with what is around it`;
  for (let dropped = 0; dropped <= contextDroppedMax; dropped += 1) {
    for (const lines of withLessContext(hunk.lines, dropped)) {
      for (const reading of readings) {
        const places = placesOf(source, lines, reading.read);
        if (places.length === 0) continue;
        const at = choose(places, startOf(hunk, lines), reading.trustsNumber && dropped === 0);
        if (at === null) {
          reason = `${places.length} places look like it, and the line number does not say which`;
          continue;
        }
        const notes = [reading.note, dropped > 0 ? "the outermost context" : ""].filter(Boolean);
        return { at, lines, note: notes.join(" and ") };
      }
    }
  }
  return { reason };
}

/** The hunk with some context lines fewer, at its end, at its beginning, or at both. */
function withLessContext(lines: readonly LooseLine[], count: number): (readonly LooseLine[])[] {
  const variants: (readonly LooseLine[])[] = [];
  for (let head = 0; head <= count; head += 1) {
    const tail = count - head;
    const cut = lines.slice(head, lines.length - tail);
    const isContext = [...lines.slice(0, head), ...lines.slice(lines.length - tail)].every(
      ({ kind }) => kind === "context",
    );
    if (isContext && cut.some(({ kind, text }) => kind !== "added" && /\w/.test(text))) variants.push(cut);
  }
  return variants;
}

function startOf(hunk: LooseHunk, lines: readonly LooseLine[]): number | null {
  if (hunk.oldStart === null) return null;
  const [first] = lines;
  return hunk.oldStart - 1 + (first === undefined ? 0 : hunk.lines.indexOf(first));
}

function placesOf(source: readonly string[], lines: readonly LooseLine[], read: (text: string) => string): number[] {
  const wanted = lines.filter(({ kind }) => kind !== "added").map(({ text }) => read(text));
  const given = source.map(read);
  const places: number[] = [];
  for (let at = 0; at + wanted.length <= given.length; at += 1)
    if (wanted.every((text, index) => given[at + index] === text)) places.push(at);
  return places;
}

function choose(places: readonly number[], start: number | null, trustsNumber: boolean): number | null {
  if (places.length === 1) return places[0] ?? null;
  if (start === null || !trustsNumber) return null;
  const [best, second] = [...places].sort((a, b) => Math.abs(a - start) - Math.abs(b - start));
  if (best === undefined || second === undefined) return best ?? null;
  return Math.abs(best - start) < Math.abs(second - start) ? best : null;
}
