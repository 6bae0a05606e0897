/** Lines `first` to `last` of a source with their numbers, the failing one marked. */
export function showLines(source: string, first: number, last: number, failing: number | null): string {
  return source
    .split("\n")
    .slice(Math.max(0, first - 1), last)
    .map(
      (text, at) => `${first + at === failing ? ">" : " "} ${String(first + at).padStart(5)} | ${text.slice(0, 400)}`,
    )
    .join("\n");
}
