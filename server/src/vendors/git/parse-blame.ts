import type { BlamedLine } from "../../domains/change/ports.ts";

/** Reads what `git blame --porcelain` printed. */
export function parseBlame(text: string): BlamedLine[] {
  const paths = new Map<string, string>();
  const found: BlamedLine[] = [];
  let current: { sha: string; originalLine: number; line: number } | null = null;
  for (const row of text.split("\n")) {
    if (current === null) {
      const header = /^([0-9a-f]{40,64}) (\d+) (\d+)(?: \d+)?$/.exec(row);
      if (header?.[1] === undefined) continue;
      current = { sha: header[1], originalLine: Number(header[2]), line: Number(header[3]) };
    } else if (row.startsWith("\t")) {
      found.push({ ...current, text: row.slice(1), originalPath: paths.get(current.sha) ?? "" });
      current = null;
    } else if (row.startsWith("filename ")) {
      // A commit can give lines from several files; git repeats the name whenever it changes.
      paths.set(current.sha, row.slice("filename ".length));
    }
  }
  return found;
}
