/**
 * The share of lines whose group has exactly the lines of their true group (Zhu et al., "Tools and Benchmarks for Automated Log Parsing",
 * ICSE 2019): one line too many makes a whole group wrong.
 */
export function groupingAccuracy(found: readonly string[], truth: readonly string[]): number {
  if (truth.length === 0) return 0;
  const sizes = (ids: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
    return counts;
  };
  const [foundSizes, trueSizes] = [sizes(found), sizes(truth)];
  const both = sizes(truth.map((id, at) => `${id}\n${found[at]}`));
  let right = 0;
  for (const [at, id] of truth.entries()) {
    const common = both.get(`${id}\n${found[at]}`);
    if (common === trueSizes.get(id) && common === foundSizes.get(found[at] ?? "")) right++;
  }
  return right / truth.length;
}
