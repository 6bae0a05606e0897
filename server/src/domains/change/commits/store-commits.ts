import { sql, type Transaction } from "kysely";
import { changeTypeOf } from "../../../analysis/change/change-type.ts";
import { summarizeCommit } from "../../../analysis/change/summarize-commit.ts";
import { type FileDiff, parseDiff } from "../../../analysis/diff/parse-diff.ts";
import { hideCredentials } from "../../../analysis/scrub/index.ts";
import { asEngine } from "../../../platform/db/as-engine.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { newId } from "../../../platform/ids/ids.ts";
import type { CommitInfo, CommitPatch } from "../ports.ts";

const DIFF_CHARS_MAX = 60_000;
const FILES_MAX = 2_000;

/** A repository as its commits name it. */
export interface CommitSource {
  readonly id: string;
  readonly url: string;
}

/**
 * Stores what is known of commits without their files, and which repository has them. Forks share their commits, so they are
 * written by the engine, never by a tenant. Idempotent; sorted, so that two writers never wait for each other in a circle.
 */
export async function storeCommits(
  tx: Transaction<DB>,
  repository: CommitSource,
  commits: readonly CommitInfo[],
): Promise<void> {
  const distinct = [...new Map(commits.map((commit) => [commit.sha, commit])).values()].sort((a, b) =>
    a.sha < b.sha ? -1 : 1,
  );
  if (distinct.length === 0) return;
  const list = JSON.stringify(
    distinct.map((commit) => ({
      sha: commit.sha,
      author: commit.authorName,
      message: clean(`${commit.subject}\n\n${commit.body}`.trim()),
      summary: clean(commit.subject),
      authored_at: commit.authoredAt,
    })),
  );
  await asEngine(tx, async () => {
    await sql`
      INSERT INTO commits (commit_sha, repo, author, message, summary, authored_at)
      SELECT sha, ${hideCredentials(repository.url)}, author, message, summary, authored_at
      FROM jsonb_to_recordset(${list}::jsonb) AS r(sha text, author text, message text, summary text, authored_at timestamptz)
      ON CONFLICT (commit_sha) DO NOTHING`.execute(tx);
    await sql`
      INSERT INTO repository_commits (repository_id, project_id, commit_sha)
      SELECT r.id, r.project_id, c.sha FROM repositories r, unnest(${distinct.map(({ sha }) => sha)}::text[]) AS c(sha)
      WHERE r.id = ${repository.id} ON CONFLICT DO NOTHING`.execute(tx);
  });
}

/**
 * Stores the files of commits that stand already, with the kind of each change, its hunks, and a summary made of them. A file whose diff is
 * binary or over 60,000 characters is kept without it; of a commit the first 2,000 files. Idempotent.
 */
export async function storeCommitFiles(tx: Transaction<DB>, patches: readonly CommitPatch[]): Promise<void> {
  if (patches.length === 0) return;
  const read = [...patches]
    .sort((a, b) => (a.commit.sha < b.commit.sha ? -1 : 1))
    .map(({ commit, patch }) => ({ commit, files: filesOf(patch) }));
  const rows = read.flatMap(({ commit, files }) =>
    files.map((file) => ({
      ...{ id: newId(), sha: commit.sha, path: file.path, type: file.type, diff: file.diff },
      ...{ added: file.added, removed: file.removed },
    })),
  );
  const summaries = read.map(({ commit, files }) => ({
    sha: commit.sha,
    summary: clean(summarizeCommit(commit.subject, files)),
  }));
  await asEngine(tx, async () => {
    await sql`
      INSERT INTO commit_files (id, commit_sha, file_path, change_type, diff_text, lines_added, lines_removed)
      SELECT id, sha, path, type, diff, added, removed
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, sha text, path text, type text, diff text, added int, removed int)
      ON CONFLICT (commit_sha, file_path) DO NOTHING`.execute(tx);
    await sql`
      UPDATE commits c SET summary = r.summary, files_read_at = now()
      FROM jsonb_to_recordset(${JSON.stringify(summaries)}::jsonb) AS r(sha text, summary text)
      WHERE c.commit_sha = r.sha AND c.files_read_at IS NULL`.execute(tx);
  });
}

/** Replaces the summary of a commit. */
export async function storeSummary(tx: Transaction<DB>, sha: string, summary: string): Promise<void> {
  await asEngine(tx, async () => {
    await sql`UPDATE commits SET summary = ${clean(summary)} WHERE commit_sha = ${sha}`.execute(tx);
  });
}

function filesOf(patch: string) {
  const diffs = new Map(
    parseDiff(patch).flatMap((diff) => (pathOf(diff) === null ? [] : [[pathOf(diff) ?? "", diff]])),
  );
  const texts = textsOf(patch);
  return [...diffs].slice(0, FILES_MAX).map(([path, diff], index) => {
    const lines = diff.hunks.flatMap((hunk) => hunk.lines);
    const text = texts[index] ?? "";
    return {
      path: clean(path),
      type: changeTypeOf(path, diff),
      diff: diff.isBinary || text.length > DIFF_CHARS_MAX ? null : clean(text),
      added: lines.filter((line) => line.kind === "added").length,
      removed: lines.filter((line) => line.kind === "removed").length,
      sections: [...new Set(diff.hunks.map((hunk) => hunk.section).filter((section) => section !== ""))],
    };
  });
}

function pathOf(diff: FileDiff): string | null {
  return diff.newPath ?? diff.oldPath;
}

/** The text of each file's part of a patch, in order. */
function textsOf(patch: string): string[] {
  return patch.split(/^(?=diff --git )/m).filter((part) => part.startsWith("diff --git "));
}

/** PostgreSQL stores neither NUL nor lone surrogates; commit messages and files may hold both. */
function clean(text: string): string {
  return text.toWellFormed().replaceAll("\0", "");
}
