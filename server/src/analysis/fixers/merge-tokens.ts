import type { TextEdit } from "./edits.ts";

const tokenPattern = /\s+|[\p{ID_Start}$_][\p{ID_Continue}$]*|\d+|[^\s]/gu;
const cellsMax = 6_000_000;

/**
 * The text with two independent changes of one base, merged by words and signs instead of by lines, so that changes of one
 * line or of lines side by side need not conflict; null where both changed the same words, or there is too much to compare.
 * The idea of diff3 (Khanna, Kunal, Pierce 2007) on tokens. With `deletionWins`, what theirs deletes goes even where ours
 * changed words of it.
 */
export function mergeTokens(
  base: string,
  ours: string,
  theirs: string,
  { deletionWins = false }: { readonly deletionWins?: boolean } = {},
): string | null {
  if (ours === base || ours === theirs) return theirs;
  if (theirs === base) return ours;
  const tokens = linesOf(base).flatMap(tokensOf);
  const [own, other] = [changesOf(base, ours), changesOf(base, theirs)];
  if (own === null || other === null) return null;
  let all: TextEdit[] = [...own];
  for (const change of other) {
    if (own.some((one) => one.start === change.start && one.end === change.end && one.text === change.text)) continue;
    const inTheWay = own.filter((one) => collides(one, change));
    const goes = (one: TextEdit): boolean => change.text === "" && one.start >= change.start && one.end <= change.end;
    if (inTheWay.length > 0 && !(deletionWins && inTheWay.every(goes))) return null;
    all = [...all.filter((one) => !inTheWay.includes(one)), change];
  }
  return build(tokens, all);
}

/** Two changes of the same tokens, or two insertions at one place, whose order nobody knows. */
function collides(a: TextEdit, b: TextEdit): boolean {
  if (a.start === a.end && b.start === b.end) return a.start === b.start;
  return a.start < b.end && b.start < a.end;
}

/** `start` and `end` count tokens here. */
function build(tokens: readonly string[], changes: readonly TextEdit[]): string {
  let text = "";
  let at = 0;
  for (const change of [...changes].sort((a, b) => a.start - b.start || a.end - b.end)) {
    text += tokens.slice(at, change.start).join("") + change.text;
    at = change.end;
  }
  return text + tokens.slice(at).join("");
}

function tokensOf(text: string): string[] {
  return text.match(tokenPattern) ?? [];
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+/g) ?? [];
}

/**
 * What turns one text into another, counted in tokens. Lines that stayed are told first, so that words are only compared within
 * the lines that did not: words alone would be found again anywhere.
 */
function changesOf(from: string, to: string): TextEdit[] | null {
  const lines = linesOf(from);
  const changed = changesBetween(lines, linesOf(to));
  if (changed === null) return null;
  const offsets = [0];
  for (const line of lines) offsets.push((offsets.at(-1) ?? 0) + tokensOf(line).length);
  const all: TextEdit[] = [];
  for (const { start, end, text } of changed) {
    const words = changesBetween(lines.slice(start, end).flatMap(tokensOf), linesOf(text).flatMap(tokensOf));
    if (words === null) return null;
    const shift = offsets[start] ?? 0;
    all.push(...words.map((word) => ({ ...word, start: word.start + shift, end: word.end + shift })));
  }
  return all;
}

/** What turns one list of pieces into the other, by a longest common subsequence. */
function changesBetween(from: readonly string[], to: readonly string[]): TextEdit[] | null {
  let head = 0;
  while (head < from.length && head < to.length && from[head] === to[head]) head += 1;
  // A common end is not cut off: what repeats there (a closing brace) may belong to a change before it.
  const a = from.slice(head);
  const b = to.slice(head);
  const width = b.length + 1;
  if ((a.length + 1) * width > cellsMax) return null;
  const lengths = lengthsOf(a, b);

  const changes: { start: number; end: number; text: string }[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i += 1;
      j += 1;
      continue;
    }
    const change = { start: head + i, end: head + i, text: "" };
    while ((i < a.length || j < b.length) && !(i < a.length && j < b.length && a[i] === b[j])) {
      const down = i < a.length ? (lengths[(i + 1) * width + j] ?? 0) : -1;
      const right = j < b.length ? (lengths[i * width + j + 1] ?? 0) : -1;
      // Of equally good ways the one that finds the next common piece soonest: the change is where people see it.
      const isDown = down === right ? a[i + 1] === b[j] || a[i] !== b[j + 1] : down > right;
      if (isDown) i += 1;
      else {
        change.text += b[j];
        j += 1;
      }
    }
    change.end = head + i;
    changes.push(change);
  }
  return changes;
}

/** Lengths of the longest common subsequences of all ends of two lists. */
function lengthsOf(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        a[i] === b[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  return lengths;
}
