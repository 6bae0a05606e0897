/**
 * How much there is to read in `value`: its characters and its parts, counted no further than `most`, so that the answer costs
 * little where the value is large.
 */
export function weightOf(value: unknown, most: number): number {
  let weight = 0;
  const waiting: unknown[] = [value];
  while (waiting.length > 0 && weight <= most) {
    const part = waiting.pop();
    weight += typeof part === "string" ? part.length + 1 : 1;
    if (typeof part !== "object" || part === null) continue;
    const parts = Array.isArray(part) ? part : Object.values(part);
    if (parts.length > most) return weight + parts.length;
    for (const one of parts) waiting.push(one);
  }
  return weight;
}
