export type Tree = ReadonlyMap<string, string>;

export interface TreeChange {
  readonly path: string;
  readonly status: "added" | "removed" | "modified";
  readonly additions: number;
  readonly deletions: number;
  readonly patch: string;
}

/** What changed from one tree to another, by path; each patch is one hunk with three lines around it. */
export function diffTrees(from: Tree, to: Tree): TreeChange[] {
  const paths = [...new Set([...from.keys(), ...to.keys()])].filter((path) => from.get(path) !== to.get(path)).sort();
  return paths.map((path) => {
    const [before, after] = [linesOf(from.get(path)), linesOf(to.get(path))];
    let head = 0;
    while (head < Math.min(before.length, after.length) && before[head] === after[head]) head++;
    let tail = 0;
    const most = Math.min(before.length, after.length) - head;
    while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
    const removed = before.slice(head, before.length - tail);
    const added = after.slice(head, after.length - tail);
    const above = before.slice(Math.max(0, head - 3), head);
    const below = before.slice(before.length - tail, before.length - tail + 3);
    const around = above.length + below.length;
    const start = head - above.length + 1;
    const range = (count: number) => `${count === 0 ? start - 1 : start},${count}`;
    const lines = [
      `@@ -${range(removed.length + around)} +${range(added.length + around)} @@`,
      ...above.map((line) => ` ${line}`),
      ...removed.map((line) => `-${line}`),
      ...added.map((line) => `+${line}`),
      ...below.map((line) => ` ${line}`),
    ];
    return {
      path,
      status: !from.has(path) ? "added" : to.has(path) ? "modified" : "removed",
      additions: added.length,
      deletions: removed.length,
      patch: lines.join("\n"),
    };
  });
}

function linesOf(text: string | undefined): string[] {
  if (text === undefined || text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}
