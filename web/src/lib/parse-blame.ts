export interface BlameRow {
  readonly sha: string;
  readonly author: string | null;
  readonly date: string | null;
  /** The file, where the row names it. */
  readonly path: string | null;
  readonly line: number;
  readonly code: string;
}

const gitLine =
  /^\^?([0-9a-f]{7,64})(?:\s+\S+)?\s+\((.+?)\s+(\d{4}-\d\d-\d\d)(?:[ T][\d:]+(?:\.\d+)?(?:\s?(?:Z|[+-]\d\d:?\d\d))?)?\s+(\d+)\)\s?(.*)$/;
const placeLine = /^([0-9a-f]{7,64}) (\S+):(\d+)(?: (.*))?$/;

/** The rows of `git blame` output, or of `<commit> <path>:<line> <code>` lines; null where the text is something else. */
export function parseBlame(text: string): readonly BlameRow[] | null {
  const rows: BlameRow[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const row = parseGitLine(line) ?? parsePlaceLine(line);
    if (row === null) return null;
    rows.push(row);
  }
  return rows.length > 0 ? rows : null;
}

function parseGitLine(text: string): BlameRow | null {
  const match = gitLine.exec(text);
  if (match === null) return null;
  const [, sha = "", author = "", date = "", line = "0", code = ""] = match;
  return { sha, author, date, path: null, line: Number(line), code };
}

function parsePlaceLine(text: string): BlameRow | null {
  const match = placeLine.exec(text);
  if (match === null) return null;
  const [, sha = "", path = "", line = "0", code = ""] = match;
  return { sha, author: null, date: null, path, line: Number(line), code };
}
