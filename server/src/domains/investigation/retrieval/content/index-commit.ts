import { type Kysely, sql } from "kysely";
import type { DB } from "../../../../platform/db/tables.generated.ts";
import type { Retrieval, RetrievalPoint } from "../retrieval-port.ts";
import { chunkDiff } from "./chunk-diff.ts";
import { pointIdOf } from "./point-id.ts";

/**
 * Makes the hunks of a commit searchable (`git_diff_chunks`), for one project that has the commit, with the newest deployment that brought it.
 * Idempotent; nothing for a commit that the project does not have or whose files are not read yet. @returns the paths that it changes.
 */
export async function indexCommit(
  { db, retrieval }: { readonly db: Kysely<DB>; readonly retrieval: Retrieval },
  { projectId, sha }: { readonly projectId: string; readonly sha: string },
): Promise<readonly string[]> {
  const { rows } = await sql<{
    repo: string;
    summary: string | null;
    message: string;
    authored_at: Date;
    file_path: string;
    diff_text: string | null;
    deployment: string | null;
  }>`
    SELECT c.repo, c.summary, c.message, c.authored_at, f.file_path, f.diff_text, (
      SELECT r.deployment_event_id FROM deployment_commit_ranges r JOIN deployment_events d USING (deployment_event_id)
      WHERE r.project_id = ${projectId} AND r.commit_shas @> ARRAY[c.commit_sha] ORDER BY d.started_at DESC LIMIT 1) AS deployment
    FROM commits c JOIN commit_files f ON f.commit_sha = c.commit_sha
    WHERE c.commit_sha = ${sha} AND EXISTS (SELECT 1 FROM repository_commits o WHERE o.commit_sha = c.commit_sha AND o.project_id = ${projectId})
    ORDER BY f.file_path`.execute(db);
  const points = rows.flatMap((row): RetrievalPoint[] =>
    chunkDiff(row.diff_text ?? "").map(({ hunkId, text }) => ({
      ...{
        id: pointIdOf("git_diff_chunks", projectId, sha, row.file_path, hunkId),
        projectId,
        collection: "git_diff_chunks",
      },
      content: `${row.file_path}\n${row.summary ?? row.message.split("\n")[0] ?? ""}\n${text}`,
      payload: {
        ...{ repo: row.repo, sha, path: row.file_path, hunk_id: hunkId, authored_at: row.authored_at.toISOString() },
        ...(row.deployment === null ? {} : { deployment_event_id: row.deployment }),
      },
    })),
  );
  await retrieval.upsert(points);
  return rows.map(({ file_path }) => file_path);
}
