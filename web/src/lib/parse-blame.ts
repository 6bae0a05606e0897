export interface BlameRow {
  readonly sha: string;
  readonly author: string;
  readonly date: string;
  readonly line: number;
  readonly code: string;
}

const blameLine =
  /^\^?([0-9a-f]{7,64})(?:\s+\S+)?\s+\((.+?)\s+(\d{4}-\d\d-\d\d)(?:[ T][\d:]+(?:\.\d+)?(?:\s?(?:Z|[+-]\d\d:?\d\d))?)?\s+(\d+)\)\s?(.*)$/;

/** The rows of `git blame` output, or null where the text is something else. */
export function parseBlame(text: string): readonly BlameRow[] | null {
  const rows: BlameRow[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const match = blameLine.exec(line);
    if (!match) return null;
    const [, sha = "", author = "", date = "", number = "0", code = ""] = match;
    rows.push({ sha, author, date, line: Number(number), code });
  }
  return rows.length > 0 ? rows : null;
}
