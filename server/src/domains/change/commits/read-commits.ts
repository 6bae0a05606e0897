import { sql } from "kysely";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { ChangeDeps } from "../change-deps.ts";
import type { CommitPatch, GitRepository } from "../ports.ts";
import { type CommitSource, storeCommitFiles, storeCommits, storeSummary } from "./store-commits.ts";
import type { CommitSummarizer } from "./summarizer-port.ts";

/** What became of one repository. */
export interface ReadRepository {
  readonly repositoryId: string;
  readonly url: string;
  /** Commits whose files were read now. */
  readonly commits: number;
  /** Why it could not be read, or null. */
  readonly problem: string | null;
}

const COMMITS_MAX = 200;
const BATCH = 25;
/** Summaries that a model is asked for in one call, newest first; the others keep the one made from the diff. */
const WORDED_MAX = 20;

/**
 * Brings a project's repositories up to date and reads the files of commits that are not known yet: those of the default branch, and
 * those that deployments brought. At most 200 of each a call, newest first; what is left comes with the next one. A repository that can't be
 * read is told and does not keep others from it. Where a model is set up it words the newest summaries; one that does not answer changes nothing. Slow: never in a request, never in a transaction.
 */
export async function readCommits(
  deps: ChangeDeps & { readonly summarizer?: CommitSummarizer | null },
  { projectId, olderThan }: { readonly projectId: string; readonly olderThan?: Date },
): Promise<ReadRepository[]> {
  const { rows } = await sql<CommitSource & { default_branch: string | null }>`
    SELECT id, url, default_branch FROM repositories
    WHERE project_id = ${projectId} AND (${olderThan ?? null}::timestamptz IS NULL OR last_fetched_at IS NULL OR last_fetched_at < ${olderThan ?? null})
    ORDER BY id`.execute(deps.database.db);
  const read: ReadRepository[] = [];
  for (const row of rows) {
    const told = { repositoryId: row.id, url: row.url };
    try {
      await deps.git.fetch(row);
      const commits = await readRepository(deps, row, await deps.git.open(row));
      await sql`UPDATE repositories SET last_fetched_at = now(), last_error = NULL WHERE id = ${row.id}`.execute(
        deps.database.db,
      );
      read.push({ ...told, commits, problem: null });
    } catch (error) {
      if (!(error instanceof CulpritError)) throw error;
      await sql`UPDATE repositories SET last_error = ${error.message.slice(0, 1000)} WHERE id = ${row.id}`.execute(
        deps.database.db,
      );
      read.push({ ...told, commits: 0, problem: error.message });
    }
  }
  return read;
}

async function readRepository(
  deps: ChangeDeps & { readonly summarizer?: CommitSummarizer | null },
  repository: CommitSource & { readonly default_branch: string | null },
  git: GitRepository,
): Promise<number> {
  const head = await git.resolveCommit(repository.default_branch ?? "HEAD");
  const recent = head === null ? [] : await git.listCommits({ to: head, commitsMax: COMMITS_MAX });
  await deps.database.transaction((tx) => storeCommits(tx, repository, recent));
  const { rows } = await sql<{ commit_sha: string }>`
    SELECT c.commit_sha FROM repository_commits r JOIN commits c USING (commit_sha)
    WHERE r.repository_id = ${repository.id} AND c.files_read_at IS NULL ORDER BY c.authored_at DESC, c.commit_sha LIMIT ${COMMITS_MAX}`.execute(
    deps.database.db,
  );
  const unread = await git.describeCommits(rows.map((row) => row.commit_sha));
  for (let at = 0; at < unread.length; at += BATCH) {
    const batch = unread.slice(at, at + BATCH);
    const found = new Map((await git.describePatches(batch.map(({ sha }) => sha))).map((one) => [one.commit.sha, one]));
    // What git shows nothing of was read all the same: a merge, or nothing but carried dependencies.
    const patches = batch.map((commit) => found.get(commit.sha) ?? { commit, patch: "" });
    await deps.database.transaction((tx) => storeCommitFiles(tx, patches));
    if (deps.summarizer != null && at === 0) await wordSummaries(deps.database, deps.summarizer, patches);
  }
  return unread.length;
}

async function wordSummaries(
  database: ChangeDeps["database"],
  summarizer: CommitSummarizer,
  patches: readonly CommitPatch[],
): Promise<void> {
  for (const { commit, patch } of patches.filter((one) => one.patch !== "").slice(0, WORDED_MAX)) {
    // The first that gets no answer ends it: the others would wait for the same.
    const summary = await summarizer.summarize({ subject: commit.subject, patch }).catch(() => undefined);
    if (summary === undefined) return;
    if (summary !== null) await database.transaction((tx) => storeSummary(tx, commit.sha, summary));
  }
}
