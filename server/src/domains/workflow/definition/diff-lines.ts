import type { DiffLine } from "@culprit/contract";

/** Lines × lines that are compared; what is larger is shown as taken out and put in whole. */
const CELLS_MAX = 4_000_000;

/** What changed between two texts, line by line, by their longest common subsequence. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;

  const lines: DiffLine[] = [];
  const same = (i: number, j: number) =>
    lines.push({ kind: "same", text: a[i] ?? "", old_line: i + 1, new_line: j + 1 });
  for (let i = 0; i < start; i += 1) same(i, i);
  for (const { kind, i, j } of middle(a.slice(start, a.length - end), b.slice(start, b.length - end))) {
    if (kind === "same") same(start + i, start + j);
    else if (kind === "removed")
      lines.push({ kind, text: a[start + i] ?? "", old_line: start + i + 1, new_line: null });
    else lines.push({ kind, text: b[start + j] ?? "", old_line: null, new_line: start + j + 1 });
  }
  for (let k = end; k > 0; k -= 1) same(a.length - k, b.length - k);
  return lines;
}

interface Change {
  readonly kind: DiffLine["kind"];
  readonly i: number;
  readonly j: number;
}

function middle(a: readonly string[], b: readonly string[]): readonly Change[] {
  const changes: Change[] = [];
  let [i, j] = [0, 0];
  if (a.length * b.length <= CELLS_MAX) {
    const width = b.length + 1;
    // Of each pair of places, how many lines are common from there on.
    const common = new Uint32Array((a.length + 1) * width);
    const at = (x: number, y: number) => common[x * width + y] ?? 0;
    for (let x = a.length - 1; x >= 0; x -= 1)
      for (let y = b.length - 1; y >= 0; y -= 1)
        common[x * width + y] = a[x] === b[y] ? at(x + 1, y + 1) + 1 : Math.max(at(x + 1, y), at(x, y + 1));
    while (i < a.length && j < b.length) {
      if (a[i] === b[j]) changes.push({ kind: "same", i: i++, j: j++ });
      else if (at(i + 1, j) >= at(i, j + 1)) changes.push({ kind: "removed", i: i++, j });
      else changes.push({ kind: "added", i, j: j++ });
    }
  }
  while (i < a.length) changes.push({ kind: "removed", i: i++, j });
  while (j < b.length) changes.push({ kind: "added", i, j: j++ });
  return changes;
}

function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  return text.replace(/\n$/, "").split("\n");
}
