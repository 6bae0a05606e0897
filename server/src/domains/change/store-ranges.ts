import { sql } from "kysely";
import { hideCredentials } from "../../analysis/scrub/index.ts";
import { asEngine } from "../../platform/db/as-engine.ts";
import type { ChangeDeps } from "./change-deps.ts";
import { type DeployedRange, deployedRange } from "./deployed-range.ts";
import type { ProjectRepository } from "./open-project-repository.ts";

/**
 * Stores the commits that a deployment brought, and those of the deployment after it, whose revision before may have
 * changed by a late report. Reads git first, then writes in one transaction. Idempotent.
 */
export async function storeRanges(
  deps: ChangeDeps,
  repository: ProjectRepository,
  at: { readonly serviceId: string; readonly environment: string; readonly from: Date },
): Promise<void> {
  const { rows } = await sql<{
    deployment_event_id: string | null;
    commit_sha: string | null;
    previous: string | null;
  }>`
    SELECT deployment_event_id, commit_sha, previous FROM (
      SELECT from_at, deployment_event_id, commit_sha, lag(commit_sha) OVER (ORDER BY from_at) AS previous
      FROM service_revisions WHERE service_id = ${at.serviceId} AND environment = ${at.environment}) AS timeline
    WHERE from_at >= ${at.from} ORDER BY from_at LIMIT 2`.execute(deps.database.db);
  const ranges: { id: string; range: DeployedRange }[] = [];
  for (const row of rows) {
    if (row.deployment_event_id === null || row.commit_sha === null) continue;
    const range = await deployedRange(repository.git, row.previous, row.commit_sha);
    if (range !== null) ranges.push({ id: row.deployment_event_id, range });
  }
  if (ranges.length === 0) return;
  const commits = [
    ...new Map(ranges.flatMap(({ range }) => range.commits).map((commit) => [commit.sha, commit])).values(),
  ].sort((a, b) => (a.sha < b.sha ? -1 : 1));
  const list = JSON.stringify(
    commits.map((commit) => ({
      sha: commit.sha,
      author: commit.authorName,
      message: `${commit.subject}\n\n${commit.body}`.trim().replaceAll("\0", ""),
      summary: commit.subject,
      authored_at: commit.authoredAt,
    })),
  );
  await deps.database.transaction(async (tx) => {
    // Forks share their commits, so they come from git by the engine, never from a tenant.
    await asEngine(tx, async () => {
      await sql`
        INSERT INTO commits (commit_sha, repo, author, message, summary, authored_at)
        SELECT sha, ${hideCredentials(repository.url)}, author, message, summary, authored_at
        FROM jsonb_to_recordset(${list}::jsonb) AS r(sha text, author text, message text, summary text, authored_at timestamptz)
        ON CONFLICT (commit_sha) DO NOTHING`.execute(tx);
      await sql`
        INSERT INTO repository_commits (repository_id, project_id, commit_sha)
        SELECT r.id, r.project_id, c.sha FROM repositories r, unnest(${commits.map((commit) => commit.sha)}::text[]) AS c(sha)
        WHERE r.id = ${repository.id} ON CONFLICT DO NOTHING`.execute(tx);
    });
    for (const { id, range } of ranges) {
      await sql`
        INSERT INTO deployment_commit_ranges (deployment_event_id, project_id, previous_revision, current_revision, is_rollback, commit_shas)
        SELECT deployment_event_id, project_id, ${range.previousCommit}, ${range.currentCommit}, ${range.isRollback}, ${range.commits.map((commit) => commit.sha)}::text[]
        FROM deployment_events WHERE deployment_event_id = ${id}
        ON CONFLICT (deployment_event_id) DO UPDATE SET previous_revision = EXCLUDED.previous_revision, current_revision = EXCLUDED.current_revision,
          is_rollback = EXCLUDED.is_rollback, commit_shas = EXCLUDED.commit_shas`.execute(tx);
    }
  });
}
