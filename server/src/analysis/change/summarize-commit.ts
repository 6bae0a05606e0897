import type { ChangeType } from "./change-type.ts";

/** What a commit did to one file. */
export interface SummarizedFile {
  readonly path: string;
  readonly type: ChangeType;
  readonly added: number;
  readonly removed: number;
  /** Functions and classes whose bodies the hunks touch, as git names them. */
  readonly sections: readonly string[];
}

const words: Readonly<Record<ChangeType, string>> = {
  db_migration: "database migration",
  dependency: "dependencies",
  config: "configuration",
  timeout_retry: "timeouts and retries",
  http_client: "calls to other services",
  shared_util: "shared code",
  auth: "authentication",
  test: "tests",
  docs: "documentation",
  other: "code",
};
const LENGTH_MAX = 280;

/**
 * One or two sentences on a commit, from its subject and its diff alone: what it says it does, and what it touches, most first.
 * The subject is somebody's text: it is cut, never interpreted.
 */
export function summarizeCommit(subject: string, files: readonly SummarizedFile[]): string {
  const said = oneLine(subject).slice(0, 120);
  if (files.length === 0) return end(said === "" ? "An empty commit" : said);
  const byType = new Map<ChangeType, { lines: number; files: number }>();
  for (const file of files) {
    const sum = byType.get(file.type) ?? { lines: 0, files: 0 };
    byType.set(file.type, { lines: sum.lines + file.added + file.removed, files: sum.files + 1 });
  }
  const kinds = [...byType]
    .sort(([a, x], [b, y]) => y.lines - x.lines || (a < b ? -1 : 1))
    .map(([type]) => words[type]);
  const largest = [...files].sort((a, b) => b.added + b.removed - a.added - a.removed || (a.path < b.path ? -1 : 1))[0];
  const inside = largest?.sections[0] === undefined ? "" : ` (${oneLine(largest.sections[0]).slice(0, 60)})`;
  const added = files.reduce((sum, file) => sum + file.added, 0);
  const removed = files.reduce((sum, file) => sum + file.removed, 0);
  const what = `Touches ${kinds.slice(0, 3).join(", ")}: +${added} −${removed} in ${files.length === 1 ? "one file" : `${files.length} files`}, most in ${largest?.path ?? ""}${inside}`;
  return `${said === "" ? "" : `${end(said)} `}${end(what)}`.slice(0, LENGTH_MAX);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function end(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}
