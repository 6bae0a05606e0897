import { sql } from "kysely";
import type { ChangeDeps } from "./change-deps.ts";
import { storeCommits } from "./commits/store-commits.ts";
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
  await deps.database.transaction(async (tx) => {
    await storeCommits(
      tx,
      repository,
      ranges.flatMap(({ range }) => range.commits),
    );
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
