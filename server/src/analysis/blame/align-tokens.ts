import type { CodeToken } from "./code-tokens.ts";

const editsMax = 400;

/**
 * For each token of `after` the index of the token of `before` that it is, or -1: a shortest edit script (Myers 1986). Null where the
 * two differ by more than four hundred tokens, which is no reformatting.
 */
export function alignTokens(before: readonly CodeToken[], after: readonly CodeToken[]): Int32Array | null {
  const origin = new Int32Array(after.length).fill(-1);
  const same = (a: number, b: number) => before[a]?.key === after[b]?.key;
  let head = 0;
  while (head < before.length && head < after.length && same(head, head)) origin[head] = head++;
  let [oldEnd, newEnd] = [before.length, after.length];
  while (oldEnd > head && newEnd > head && same(oldEnd - 1, newEnd - 1)) origin[--newEnd] = --oldEnd;
  const [rows, columns] = [oldEnd - head, newEnd - head];
  if (rows === 0 || columns === 0) return origin;
  if (Math.abs(rows - columns) > editsMax) return null;
  // reach[k]: how far along `before` a path with so many edits comes on diagonal k = old - new.
  const middle = editsMax + 1;
  const reach = new Int32Array(2 * editsMax + 3);
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= editsMax; edits++) {
    trace.push(reach.slice(middle - edits - 1, middle + edits + 2));
    for (let k = -edits; k <= edits; k += 2) {
      const isDown = k === -edits || (k !== edits && (reach[middle + k - 1] ?? 0) < (reach[middle + k + 1] ?? 0));
      let x = isDown ? (reach[middle + k + 1] ?? 0) : (reach[middle + k - 1] ?? 0) + 1;
      while (x < rows && x - k < columns && x - k >= 0 && same(head + x, head + x - k)) x += 1;
      reach[middle + k] = x;
      if (x >= rows && x - k >= columns) {
        walkBack(trace, rows, columns, head, origin);
        return origin;
      }
    }
  }
  return null;
}

function walkBack(trace: readonly Int32Array[], rows: number, columns: number, head: number, origin: Int32Array): void {
  let [x, y] = [rows, columns];
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const reach = trace[edits];
    const at = (k: number) => reach?.[k + edits + 1] ?? 0;
    const k = x - y;
    const isDown = k === -edits || (k !== edits && at(k - 1) < at(k + 1));
    const fromK = isDown ? k + 1 : k - 1;
    const fromX = edits === 0 ? 0 : at(fromK);
    const fromY = edits === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY) {
      x -= 1;
      y -= 1;
      origin[head + y] = head + x;
    }
    [x, y] = [fromX, fromY];
  }
}
