/**
 * A row for each label so that no two overlap: the first row where the label, drawn from `x` on, is clear of the one
 * before. `xs` ascend.
 */
export function placeLabels(xs: readonly number[], labelWidth: number): readonly number[] {
  const rowEnds: number[] = [];
  return xs.map((x) => {
    const free = rowEnds.findIndex((end) => end <= x);
    const row = free === -1 ? rowEnds.length : free;
    rowEnds[row] = x + labelWidth;
    return row;
  });
}
