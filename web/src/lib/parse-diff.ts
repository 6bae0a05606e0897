export interface DiffLine {
  readonly kind: "added" | "removed" | "context" | "hunk" | "note";
  readonly text: string;
  /** Line number in the old and the new file, where the line is part of it. */
  readonly before: number | null;
  readonly after: number | null;
}

export interface DiffFile {
  /** Path of the file after the change (before it, for a deletion); empty where the diff names none. */
  readonly path: string;
  /** What happened to the file beside its lines: `new file`, `deleted`, `renamed from x`. */
  readonly change: string | null;
  readonly lines: readonly DiffLine[];
  readonly addedCount: number;
  readonly removedCount: number;
}

interface OpenFile {
  path: string;
  change: string | null;
  lines: DiffLine[];
}

const hunkHeader = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** True where the text holds at least one hunk of a unified diff. */
export function looksLikeDiff(text: string): boolean {
  return /^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@/m.test(text);
}

/**
 * The files of a unified diff with numbered lines, for showing. Text before the first file (a commit message) becomes
 * notes of a file without a path, so nothing that was written is hidden.
 */
export function parseDiff(text: string): readonly DiffFile[] {
  const files: OpenFile[] = [];
  let file: OpenFile | null = null;
  let before = 0;
  let after = 0;
  // What the hunk header promised: a removed line `-- x` looks like a file header otherwise.
  let beforeLeft = 0;
  let afterLeft = 0;
  const open = (path: string): OpenFile => {
    const next: OpenFile = { path, change: null, lines: [] };
    files.push(next);
    return next;
  };

  for (const line of text.replace(/\n$/, "").split("\n")) {
    if (beforeLeft > 0 || afterLeft > 0) {
      file ??= open("");
      const kind = line[0] === "+" ? "added" : line[0] === "-" ? "removed" : line[0] === "\\" ? "note" : "context";
      const inBefore = kind === "removed" || kind === "context";
      const inAfter = kind === "added" || kind === "context";
      file.lines.push({ kind, text: line.slice(1), before: inBefore ? before : null, after: inAfter ? after : null });
      if (inBefore) [before, beforeLeft] = [before + 1, beforeLeft - 1];
      if (inAfter) [after, afterLeft] = [after + 1, afterLeft - 1];
      continue;
    }
    const hunk = hunkHeader.exec(line);
    if (hunk) {
      file ??= open("");
      before = Number(hunk[1]);
      after = Number(hunk[3]);
      beforeLeft = Number(hunk[2] ?? 1);
      afterLeft = Number(hunk[4] ?? 1);
      file.lines.push({ kind: "hunk", text: line, before: null, after: null });
    } else if (line.startsWith("diff --git ")) {
      file = open(/ b\/(.*)$/.exec(line)?.[1] ?? "");
    } else if (line.startsWith("--- ")) {
      const path = filePath(line);
      if (file === null || file.lines.some(({ kind }) => kind === "hunk")) file = open(path ?? "");
      else if (path !== null && file.path === "") file.path = path;
    } else if (line.startsWith("+++ ")) {
      const path = filePath(line);
      if (file !== null && path !== null) file.path = path;
    } else if (file === null || file.path === "") {
      file ??= open("");
      file.lines.push({ kind: "note", text: line, before: null, after: null });
    } else {
      file.change = describeChange(line) ?? file.change;
    }
  }
  return files.map((each) => ({
    ...each,
    addedCount: each.lines.filter(({ kind }) => kind === "added").length,
    removedCount: each.lines.filter(({ kind }) => kind === "removed").length,
  }));
}

function filePath(header: string): string | null {
  const path = header.slice(4).split("\t")[0] ?? "";
  return path === "/dev/null" ? null : path.replace(/^[ab]\//, "");
}

function describeChange(line: string): string | null {
  if (line.startsWith("new file")) return "new file";
  if (line.startsWith("deleted file")) return "deleted";
  if (line.startsWith("rename from ")) return `renamed from ${line.slice("rename from ".length)}`;
  if (line.startsWith("Binary files")) return "binary";
  return null;
}
