import { type Kysely, sql } from "kysely";
import type { ChangeType } from "../../../analysis/change/change-type.ts";
import { commitsToRead } from "../../../analysis/change/commits-to-read.ts";
import type { ObservedChange } from "../../../analysis/observations/observations.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";

/** Deployments that are looked into, newest first, and commits of each. */
const DEPLOYMENTS_MAX = 20;
const COMMITS_MAX = 200;
/** What an error that no detector saw is looked at as. */
const PLAIN_TROUBLE = "error_rate_spike";

/** Changes, of which deployments tell the few commits to read first for the incident's kind of trouble. One read, by keys. */
export async function withBroughtCommits(
  db: Kysely<DB>,
  incidentId: string,
  changes: readonly ObservedChange[],
): Promise<readonly ObservedChange[]> {
  const deployments = changes.filter(({ kind }) => kind === "deployment" || kind === "rollback");
  if (deployments.length === 0) return changes;
  // Commits are stored newest first. Where nothing ran before, or nobody knows what, the newest of the history stand in: the oldest of them is its beginning,
  // or the last that was looked at.
  const { rows } = await sql<{
    id: string;
    trigger: string | null;
    sha: string;
    summary: string;
    isRoot: boolean;
    changed: Changed;
  }>`
    SELECT g.deployment_event_id AS id, i.trigger_type AS trigger, c.commit_sha AS sha, coalesce(c.summary, split_part(c.message, E'\\n', 1)) AS summary,
      g.previous_revision IS NULL AND brought.place = cardinality(g.commit_shas) AS "isRoot",
      jsonb_agg(jsonb_build_object('type', f.change_type, 'lines', f.lines_added + f.lines_removed)) AS changed
    FROM incidents i JOIN deployment_commit_ranges g ON g.deployment_event_id = ANY(${deployments.slice(0, DEPLOYMENTS_MAX).map(({ id }) => id)}::uuid[])
    CROSS JOIN LATERAL unnest(g.commit_shas[1:${sql.lit(COMMITS_MAX)}]) WITH ORDINALITY AS brought(sha, place)
    JOIN commits c ON c.commit_sha = brought.sha JOIN commit_files f ON f.commit_sha = c.commit_sha
    WHERE i.id = ${incidentId} GROUP BY 1, 2, 3, 4, 5, brought.place ORDER BY 1, brought.place`.execute(db);
  if (rows.length === 0) return changes;
  return changes.map((change) => {
    const commits = rows.filter(({ id }) => id === change.id);
    if (commits.length === 0) return change;
    const brought = commitsToRead(commits, commits[0]?.trigger ?? PLAIN_TROUBLE);
    return { ...change, brought: brought.map(({ sha, summary }) => ({ sha, summary })) };
  });
}

type Changed = readonly { readonly type: ChangeType; readonly lines: number }[];
