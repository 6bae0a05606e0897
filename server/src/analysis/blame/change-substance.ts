import type { DiffLine, FileDiff } from "../diff/parse-diff.ts";
import { reformattedLines } from "./reformatted-lines.ts";
import { transplantedLines } from "./transplanted-lines.ts";

const commentOnly = /^(?:\/\/|\/\*|\*|#(?!!|include|define|if|else|endif)|--\s|<!--)/;

/** A line with all that formatting may change taken out: spaces, quotes' kind, trailing commas and semicolons. */
export function normaliseLine(text: string): string {
  return withoutSpaces(text)
    .replace(/['`]/g, '"')
    .replace(/[,;]+$/, "");
}

/** Code without white space; that within quoted texts is part of the program. */
function withoutSpaces(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|\s+/g, (part) =>
    part.trim() === "" ? "" : part,
  );
}

/** Words and signs of a line of code. */
export function tokensOf(text: string): string[] {
  return text.match(/[A-Za-z_$][\w$]*|\d+(?:\.\d+)?|[^\s\w]/g) ?? [];
}

/** Which changed lines of a commit change what the program does, and which only how it looks or where it stands. */
export interface ChangeSubstance {
  /** True for a line that was re-indented, wrapped, moved within the commit, respelt, is blank, or is a comment. */
  isCosmetic(line: DiffLine): boolean;
  /** Names that the commit renames throughout: new name to old name. */
  readonly renames: ReadonlyMap<string, string>;
}

/** Looks through one commit's changes for what is only formatting, moving or renaming. */
export function changeSubstance(files: readonly FileDiff[]): ChangeSubstance {
  const added = new Map<string, number>();
  const removed = new Map<string, number>();
  const addedWords = new Set<string>();
  const mapped = new Map<string, Map<string, number>>();
  const reordered = new Set<DiffLine>();
  const rewrapped = new Set<DiffLine>();
  const reformatted = files.map((file) => reformattedLines(file).lines);
  const transplanted = transplantedLines(files).lines;
  for (const file of files) {
    for (const hunk of file.hunks) {
      for (const line of reorderedLines(hunk.lines)) reordered.add(line);
      for (const line of rewrappedLines(hunk.lines)) rewrapped.add(line);
      for (const line of hunk.lines) {
        if (line.kind === "context") continue;
        const bag = line.kind === "added" ? added : removed;
        const key = normaliseLine(line.text);
        bag.set(key, (bag.get(key) ?? 0) + 1);
        if (line.kind === "added") for (const word of tokensOf(line.text)) addedWords.add(word);
      }
      for (const [before, after] of pairsOfHunk(hunk.lines)) {
        const change = oneWordChanged(tokensOf(before.text), tokensOf(after.text));
        if (change === null) continue;
        const counts = mapped.get(change.after) ?? new Map<string, number>();
        counts.set(change.before, (counts.get(change.before) ?? 0) + 1);
        mapped.set(change.after, counts);
      }
    }
  }
  const renames = new Map<string, string>();
  for (const [after, befores] of mapped) {
    for (const [before, count] of befores) if (count >= 2 && !addedWords.has(before)) renames.set(after, before);
  }
  const undoRenames = (text: string) =>
    renames.size === 0 ? text : text.replace(/[A-Za-z_$][\w$]*/g, (word) => renames.get(word) ?? word);
  return {
    renames,
    isCosmetic(line) {
      const key = normaliseLine(line.text);
      if (key === "" || /^[)\]}([{]+$/.test(key) || commentOnly.test(line.text.trim())) return true;
      if (rewrapped.has(line) || reformatted.some((lines) => lines.has(line))) return true;
      if (reordered.has(line)) return false;
      if (transplanted.has(line)) return true;
      if (line.kind === "added")
        return removed.has(key) || (renames.size > 0 && removed.has(normaliseLine(undoRenames(line.text))));
      return added.has(key);
    },
  };
}

/**
 * Runs of changed lines that say the same in other lines: wrapped, joined, re-indented, braces put around one statement. What
 * is left of both sides without white space, such braces, semicolons and trailing commas is equal, letter by letter.
 */
function rewrappedLines(lines: readonly DiffLine[]): DiffLine[] {
  const found: DiffLine[] = [];
  let run: DiffLine[] = [];
  // A `return` that ends its line returns nothing in JavaScript.
  const unbraced = (text: string) =>
    text
      .replace(/\breturn\s*$/, "return end")
      .replace(/(\)|\belse\b)\s*\{\s*$/, "$1")
      .replace(/^\s*\}\s*(?=else\b|$)/, "");
  const close = () => {
    const side = (kind: DiffLine["kind"]) =>
      run
        .filter((line) => line.kind === kind)
        .map((line) => unbraced(line.text))
        .join(" ");
    const plain = (text: string) =>
      withoutSpaces(text)
        .replace(/;+/g, "")
        .replace(/['`]/g, '"')
        .replace(/,(?=[)\]}]|$)/g, "");
    const [before, after] = [side("removed"), side("added")];
    if (before !== "" && after !== "" && plain(before) === plain(after)) found.push(...run);
    run = [];
  };
  for (const line of lines) {
    if (line.kind === "context" && line.text.trim() !== "") close();
    else if (line.kind !== "context") run.push(line);
  }
  close();
  return found;
}

/** Lines that stand before and after the change, letter by letter, within one hunk: what changed is the order of things. */
function reorderedLines(lines: readonly DiffLine[]): DiffLine[] {
  const removed = new Set(lines.filter((line) => line.kind === "removed").map((line) => line.text));
  const both = new Set(
    lines.filter((line) => line.kind === "added" && removed.has(line.text)).map((line) => line.text),
  );
  // Many at once is a block that was moved or wrapped, which is not a change of order.
  return both.size > 3 ? [] : lines.filter((line) => line.kind !== "context" && both.has(line.text));
}

/** Whether changed lines differ in nothing but numbers and quoted texts: a value was tuned, the code is the same. */
export function isOnlyLiterals(lines: readonly DiffLine[]): boolean {
  const plain = (kind: DiffLine["kind"]) =>
    lines
      .filter((line) => line.kind === kind)
      .map((line) =>
        normaliseLine(line.text)
          .replace(/"(?:[^"\\]|\\.)*"/g, '""')
          .replace(/(?<![\w$])-?\d[\d_.]*(?:e[-+]?\d+)?/gi, "0"),
      )
      .join("\n");
  const [before, after] = [plain("removed"), plain("added")];
  return before !== "" && before === after;
}

/** Removed lines of a hunk with the added line that took their place, in order: first those that say the same, then the most alike. */
export function pairsOfHunk(lines: readonly DiffLine[]): [DiffLine, DiffLine][] {
  const pairs: [DiffLine, DiffLine][] = [];
  let removed: DiffLine[] = [];
  let added: DiffLine[] = [];
  const close = () => {
    if (removed.length > 0 && added.length > 0) pairs.push(...pairRun(removed, added));
    removed = [];
    added = [];
  };
  for (const line of lines) {
    if (line.kind === "context") close();
    else if (line.kind === "removed") {
      if (added.length > 0) close();
      removed.push(line);
    } else added.push(line);
  }
  close();
  return pairs;
}

const runMax = 400;

function pairRun(removed: readonly DiffLine[], added: readonly DiffLine[]): [DiffLine, DiffLine][] {
  if (removed.length > runMax || added.length > runMax) return [];
  const pairs: [DiffLine, DiffLine][] = [];
  let [fromOld, fromNew] = [0, 0];
  for (const [atOld, atNew] of [...sameLines(removed, added), [removed.length, added.length] as const]) {
    pairs.push(...alikeLines(removed.slice(fromOld, atOld), added.slice(fromNew, atNew)));
    const [before, after] = [removed[atOld], added[atNew]];
    if (before !== undefined && after !== undefined) pairs.push([before, after]);
    [fromOld, fromNew] = [atOld + 1, atNew + 1];
  }
  return pairs;
}

/** The longest common run of lines that say the same, as index pairs (dynamic programming over at most 400 × 400). */
function sameLines(removed: readonly DiffLine[], added: readonly DiffLine[]): [number, number][] {
  const olds = removed.map((line) => normaliseLine(line.text));
  const news = added.map((line) => normaliseLine(line.text));
  const width = news.length + 1;
  const best = new Uint16Array((olds.length + 1) * width);
  for (let a = olds.length - 1; a >= 0; a--) {
    for (let b = news.length - 1; b >= 0; b--) {
      const isSame = olds[a] === news[b] && olds[a] !== "";
      best[a * width + b] = isSame
        ? (best[(a + 1) * width + b + 1] ?? 0) + 1
        : Math.max(best[(a + 1) * width + b] ?? 0, best[a * width + b + 1] ?? 0);
    }
  }
  const found: [number, number][] = [];
  let [a, b] = [0, 0];
  while (a < olds.length && b < news.length) {
    if (olds[a] === news[b] && olds[a] !== "") found.push([a++, b++]);
    else if ((best[(a + 1) * width + b] ?? 0) >= (best[a * width + b + 1] ?? 0)) a += 1;
    else b += 1;
  }
  return found;
}

function alikeLines(removed: readonly DiffLine[], added: readonly DiffLine[]): [DiffLine, DiffLine][] {
  if (removed.length * added.length > 2_500) return [];
  const pairs: [DiffLine, DiffLine][] = [];
  let from = 0;
  for (const after of added) {
    let best = -1;
    let bestLikeness = 0.5;
    for (let at = from; at < removed.length; at++) {
      const before = removed[at];
      const likeness = before === undefined ? 0 : likenessOf(before.text, after.text);
      if (likeness > bestLikeness) [best, bestLikeness] = [at, likeness];
    }
    const before = removed[best];
    if (before === undefined) continue;
    pairs.push([before, after]);
    from = best + 1;
  }
  return pairs;
}

/** How alike two lines of code are, 0 to 1: Dice's coefficient over their words and signs. */
export function likenessOf(a: string, b: string): number {
  const left = tokensOf(a);
  const right = tokensOf(b);
  if (left.length + right.length === 0) return 1;
  const counts = new Map<string, number>();
  for (const token of left) counts.set(token, (counts.get(token) ?? 0) + 1);
  let shared = 0;
  for (const token of right) {
    const count = counts.get(token) ?? 0;
    if (count > 0) {
      shared += 1;
      counts.set(token, count - 1);
    }
  }
  return (2 * shared) / (left.length + right.length);
}

function oneWordChanged(before: readonly string[], after: readonly string[]): { before: string; after: string } | null {
  if (before.length !== after.length) return null;
  let change: { before: string; after: string } | null = null;
  for (let at = 0; at < before.length; at++) {
    const was = before[at] ?? "";
    const is = after[at] ?? "";
    if (was === is) continue;
    if (!/^[A-Za-z_$]/.test(was) || !/^[A-Za-z_$]/.test(is)) return null;
    if (change !== null && (change.before !== was || change.after !== is)) return null;
    change = { before: was, after: is };
  }
  return change;
}
