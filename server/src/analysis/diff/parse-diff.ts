/** One line of a hunk. Line numbers count from 1; `null` on the side where the line does not exist. */
export interface DiffLine {
  readonly kind: "context" | "added" | "removed";
  readonly text: string;
  readonly oldLine: number | null;
  readonly newLine: number | null;
}

export interface DiffHunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** What git printed after the second `@@`: usually the enclosing function's first line. */
  readonly section: string;
  readonly lines: readonly DiffLine[];
}

export interface FileDiff {
  /** Null for a file that was added. */
  readonly oldPath: string | null;
  /** Null for a file that was deleted. */
  readonly newPath: string | null;
  readonly isBinary: boolean;
  readonly hunks: readonly DiffHunk[];
}

const hunkHeader = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@ ?(.*)$/;
const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\u0007",
  b: "\b",
  f: "\f",
  v: "\v",
  '"': '"',
  "\\": "\\",
};

/** A path as git quotes it: `"a/\303\244.js"` becomes `a/ä.js`. */
function unquote(path: string): string {
  if (!path.startsWith('"') || !path.endsWith('"') || path.length < 2) return path;
  const bytes: number[] = [];
  const inner = path.slice(1, -1);
  const encoder = new TextEncoder();
  for (let i = 0; i < inner.length; i++) {
    const char = inner.charAt(i);
    if (char !== "\\") {
      bytes.push(...encoder.encode(char));
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(inner.slice(i + 1, i + 4));
    if (octal !== null) {
      bytes.push(Number.parseInt(octal[0], 8));
      i += 3;
    } else {
      const next = inner.charAt(i + 1);
      bytes.push(...encoder.encode(escapes[next] ?? next));
      i += 1;
    }
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

function pathOf(field: string): string | null {
  const path = unquote(field.replace(/\t.*$/, "").trim());
  if (path === "/dev/null") return null;
  return path.replace(/^[a-z]\//, "");
}

/**
 * Reads a unified diff as git prints it. Never throws: what is not a diff is passed over, and a hunk that promises more
 * lines than there are keeps those that are there.
 */
export function parseDiff(text: string): FileDiff[] {
  const files: FileDiff[] = [];
  const rows = text.split("\n");
  let file: { oldPath: string | null; newPath: string | null; isBinary: boolean; hunks: DiffHunk[] } | null = null;
  let at = 0;
  while (at < rows.length) {
    const row = rows[at] ?? "";
    at += 1;
    const header = /^diff --git (.+)$/.exec(row);
    if (header !== null) {
      file = { ...pathsOfHeader(header[1] ?? ""), isBinary: false, hunks: [] };
      files.push(file);
    } else if (row.startsWith("--- ") && (rows[at] ?? "").startsWith("+++ ")) {
      const oldPath = pathOf(row.slice(4));
      const newPath = pathOf((rows[at] ?? "").slice(4));
      at += 1;
      if (file === null || file.hunks.length > 0) {
        file = { oldPath, newPath, isBinary: false, hunks: [] };
        files.push(file);
      } else {
        file.oldPath = oldPath;
        file.newPath = newPath;
      }
    } else if (file === null) {
    } else if (row.startsWith("new file mode ")) file.oldPath = null;
    else if (row.startsWith("deleted file mode ")) file.newPath = null;
    else if (row.startsWith("rename from ")) file.oldPath = unquote(row.slice("rename from ".length));
    else if (row.startsWith("rename to ")) file.newPath = unquote(row.slice("rename to ".length));
    else if (row.startsWith("Binary files ") || row === "GIT binary patch") file.isBinary = true;
    else {
      const hunk = hunkHeader.exec(row);
      if (hunk === null) continue;
      const read = readHunk(hunk, rows, at);
      file.hunks.push(read.hunk);
      at = read.next;
    }
  }
  return files;
}

/** `a/x b/x`: exact where both names are the same, which is when nothing else tells them. */
function pathsOfHeader(names: string): { oldPath: string | null; newPath: string | null } {
  const quoted = /^("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*"|\S+)$/.exec(names);
  if (quoted !== null) return { oldPath: pathOf(quoted[1] ?? ""), newPath: pathOf(quoted[2] ?? "") };
  const half = (names.length - 1) / 2;
  return { oldPath: pathOf(names.slice(0, half)), newPath: pathOf(names.slice(half + 1)) };
}

function readHunk(header: RegExpExecArray, rows: readonly string[], from: number): { hunk: DiffHunk; next: number } {
  const oldStart = Number(header[1]);
  const oldLines = header[2] === undefined ? 1 : Number(header[2]);
  const newStart = Number(header[3]);
  const newLines = header[4] === undefined ? 1 : Number(header[4]);
  const lines: DiffLine[] = [];
  let oldLine = oldLines === 0 ? oldStart + 1 : oldStart;
  let newLine = newLines === 0 ? newStart + 1 : newStart;
  const oldEnd = oldLine + oldLines;
  const newEnd = newLine + newLines;
  let at = from;
  while (at < rows.length && (oldLine < oldEnd || newLine < newEnd)) {
    const row = rows[at] ?? "";
    const mark = row.charAt(0);
    if (mark === "+") lines.push({ kind: "added", text: row.slice(1), oldLine: null, newLine: newLine++ });
    else if (mark === "-") lines.push({ kind: "removed", text: row.slice(1), oldLine: oldLine++, newLine: null });
    else if (mark === " " || row === "")
      lines.push({ kind: "context", text: row.slice(1), oldLine: oldLine++, newLine: newLine++ });
    else if (mark !== "\\") break;
    at += 1;
  }
  return { hunk: { oldStart, oldLines, newStart, newLines, section: (header[5] ?? "").trim(), lines }, next: at };
}
