/** A line of a hunk, without its sign. */
export interface LooseLine {
  readonly kind: "context" | "added" | "removed";
  readonly text: string;
}

export interface LooseHunk {
  /** The line where the hunk says it begins, from 1; null where it does not say. */
  readonly oldStart: number | null;
  readonly lines: readonly LooseLine[];
  /** Whether the new text ends without a line break. */
  readonly isUnended: boolean;
}

/** What a patch wants of one file. Paths are as they were written. */
export interface LooseFile {
  readonly oldPath: string | null;
  readonly newPath: string | null;
  readonly intent: "change" | "create" | "delete";
  readonly isBinary: boolean;
  readonly hunks: readonly LooseHunk[];
}

interface Draft {
  oldPath: string | null;
  newPath: string | null;
  intent: LooseFile["intent"];
  isBinary: boolean;
  hunks: { oldStart: number | null; lines: LooseLine[]; isUnended: boolean }[];
}

const header = /^(?:diff --git |index [0-9a-f]{4,}|similarity index|dissimilarity index|old mode|new mode)/;
const envelope = /^\*\*\* (Update|Add|Delete) File: (.+)$/;

/**
 * Reads what somebody meant to be a unified diff: in code fences or among prose, without headers, with wrong counts, with
 * carriage returns, or with context lines that lost their space. Never throws; what it does not understand is passed over.
 */
export function readLoosePatch(text: string): LooseFile[] {
  const rows = diffRows(text.replace(/^\uFEFF/, "").replace(/\r+$/gm, ""));
  const files: Draft[] = [];
  let file: Draft | null = null;
  let hunk: Draft["hunks"][number] | null = null;
  const begin = (draft: Partial<Draft>): Draft => {
    const made: Draft = { oldPath: null, newPath: null, intent: "change", isBinary: false, hunks: [], ...draft };
    files.push(made);
    hunk = null;
    return made;
  };
  const body = (): Draft["hunks"][number] => {
    file ??= begin({});
    if (hunk === null) {
      hunk = { oldStart: null, lines: [], isUnended: false };
      file.hunks.push(hunk);
    }
    return hunk;
  };
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] ?? "";
    const next = rows[at + 1] ?? "";
    const git = /^diff --git (?:"?a\/(.+?)"?) (?:"?b\/(.+?)"?)$/.exec(row);
    const start = /^@@(?: -(\d{1,9})(?:,\d+)? \+\d+(?:,\d+)? @@)?/.exec(row);
    const named = envelope.exec(row);
    if (git !== null) {
      file = begin({ oldPath: git[1] ?? null, newPath: git[2] ?? null });
    } else if (named !== null) {
      const path = named[2]?.trim() ?? null;
      const intent = named[1] === "Add" ? "create" : named[1] === "Delete" ? "delete" : "change";
      file = begin({ oldPath: path, newPath: path, intent });
    } else if (/^--- \S/.test(row) && /^\+\+\+ \S/.test(next)) {
      const [oldPath, newPath] = [pathOf(row), pathOf(next)];
      if (file === null || file.hunks.length > 0) file = begin({});
      file.oldPath = oldPath;
      file.newPath = newPath;
      if (oldPath === null) file.intent = "create";
      if (newPath === null) file.intent = "delete";
      hunk = null;
      at += 1;
    } else if (/^(?:Binary files .* differ|GIT binary patch)$/.test(row)) {
      file ??= begin({});
      file.isBinary = true;
      hunk = null;
    } else if (file !== null && hunk === null && /^(?:new|deleted) file mode/.test(row)) {
      file.intent = row.startsWith("new") ? "create" : "delete";
    } else if (file !== null && hunk === null && /^rename (?:from|to) /.test(row)) {
      if (row.startsWith("rename from")) file.oldPath = row.slice(12);
      else file.newPath = row.slice(10);
    } else if (header.test(row) || /^\*\*\* (?:Begin|End) (?:Patch|of File)$/.test(row)) {
      if (row.startsWith("***")) hunk = null;
    } else if (start !== null) {
      file ??= begin({});
      hunk = { oldStart: start[1] === undefined ? null : Number(start[1]), lines: [], isUnended: false };
      file.hunks.push(hunk);
    } else if (row.startsWith("\\")) {
      if (hunk !== null && hunk.lines.at(-1)?.kind !== "removed") hunk.isUnended = true;
    } else if (/^[+-]/.test(row) || ((hunk !== null || file !== null) && row.startsWith(" "))) {
      const kind = row.startsWith("+") ? "added" : row.startsWith("-") ? "removed" : "context";
      body().lines.push({ kind, text: row.slice(1) });
    } else if (hunk !== null) {
      // A blank context line often loses its space, and so do the others.
      hunk.lines.push({ kind: "context", text: row });
    }
  }
  return files.filter((one) => one.isBinary || one.intent !== "change" || one.hunks.some(isChange) || isMove(one));
}

function isChange({ lines }: LooseHunk): boolean {
  return lines.some(({ kind }) => kind !== "context");
}

function isMove({ oldPath, newPath }: Draft): boolean {
  return oldPath !== null && newPath !== null && oldPath !== newPath;
}

/** The rows of the diff itself: those inside code fences where there are any that hold one, else from its first header on. */
function diffRows(text: string): string[] {
  const rows = text.split("\n");
  const fenced: string[] = [];
  let inside: string[] | null = null;
  for (const row of rows) {
    if (!/^\s{0,3}(?:`{3,}|~{3,})/.test(row)) inside?.push(row);
    else if (inside === null) inside = [];
    else {
      if (looksLikeDiff(inside)) fenced.push(...inside);
      inside = null;
    }
  }
  // A fence that never ends: the answer was cut, or its end was forgotten.
  if (inside !== null && looksLikeDiff(inside)) fenced.push(...inside);
  const kept = fenced.length > 0 ? fenced : rows;
  const first = kept.findIndex((row) => /^(?:diff --git |--- \S|@@|\*\*\* (?:Begin|Update|Add|Delete) )/.test(row));
  return trimEnd(first < 0 ? kept : kept.slice(first));
}

function looksLikeDiff(rows: readonly string[]): boolean {
  return rows.some((row) => /^(?:diff --git |--- \S|@@|\*\*\* \w+ (?:File|Patch))/.test(row));
}

function trimEnd(rows: readonly string[]): string[] {
  let end = rows.length;
  while (end > 0 && rows[end - 1]?.trim() === "") end -= 1;
  return rows.slice(0, end);
}

function pathOf(row: string): string | null {
  const path = row
    .slice(4)
    .replace(/\t.*$/, "")
    .trim()
    .replace(/^"(.*)"$/, "$1");
  return path === "/dev/null" ? null : path;
}
