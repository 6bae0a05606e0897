import { sql } from "kysely";
import type { Database } from "../../../../platform/db/open-database.ts";
import type { Fact, Projection } from "../../../../platform/engines/projection.ts";
import type { Retrieval } from "../retrieval-port.ts";
import { indexCommit } from "./index-commit.ts";
import { indexIncident } from "./index-incident.ts";
import { isRunbookPath } from "./sync-runbooks.ts";

/**
 * Makes texts to search of what the database learns: commits whose files are known, and incidents that were diagnosed or resolved. It follows
 * the outbox like an engine does, so nothing is forgotten that happened while no worker ran, and it begins with everything there is.
 */
export function indexProjection(deps: {
  readonly database: Pick<Database, "db">;
  readonly retrieval: Retrieval;
  /** Reads the runbooks of a project's repository again, because a commit changed one. */
  readonly syncRunbooks: (projectId: string) => Promise<void>;
}): Projection {
  const { retrieval } = deps;
  const { db } = deps.database;
  return {
    engine: "index",
    topic: "source",
    batchMax: 50,
    prepare: async () => undefined,
    // What is indexed again replaces itself.
    clear: async () => ({ isEmpty: true }),
    async count() {
      const { rows } = await sql<{ count: number }>`
        SELECT (SELECT count(*) FROM repository_commits c WHERE EXISTS (SELECT 1 FROM commit_files f WHERE f.commit_sha = c.commit_sha))
          + (SELECT count(*) FROM incidents WHERE status IN ('diagnosed', 'pr_created', 'resolved')) AS count`.execute(
        db,
      );
      return Number(rows[0]?.count ?? 0);
    },
    async list(after, limit) {
      const commits =
        after?.startsWith("incident/") === true
          ? []
          : await listCommits(db, after?.slice("commit/".length) ?? "", limit);
      if (commits.length > 0) return commits;
      const id =
        after?.startsWith("incident/") === true
          ? after.slice("incident/".length)
          : "00000000-0000-0000-0000-000000000000";
      const { rows } = await sql<{ id: string; project_id: string }>`
        SELECT id, project_id FROM incidents WHERE id > ${id}::uuid AND status IN ('diagnosed', 'pr_created', 'resolved') ORDER BY id LIMIT ${limit}`.execute(
        db,
      );
      return rows.map((row) => ({
        projectId: row.project_id,
        key: `incident/${row.id}`,
        isDeleted: false,
        payload: {},
      }));
    },
    async apply(facts) {
      const runbooksOf = new Set<string>();
      for (const { projectId, key } of facts) {
        const id = key.slice(key.indexOf("/") + 1);
        if (key.startsWith("incident/")) await indexIncident({ db, retrieval }, id);
        else if ((await indexCommit({ db, retrieval }, { projectId, sha: id })).some(isRunbookPath))
          runbooksOf.add(projectId);
      }
      for (const projectId of runbooksOf) await deps.syncRunbooks(projectId);
    },
  };
}

/** Commits after a commit id, each for every project that has it; all projects of one commit in one page, because the id is the cursor. */
async function listCommits(db: Database["db"], after: string, limit: number): Promise<readonly Fact[]> {
  const { rows } = await sql<{ commit_sha: string; project_id: string }>`
    SELECT DISTINCT r.commit_sha, r.project_id FROM repository_commits r JOIN (
      SELECT commit_sha FROM commits c WHERE commit_sha > ${after} AND EXISTS (SELECT 1 FROM commit_files f WHERE f.commit_sha = c.commit_sha)
      ORDER BY commit_sha LIMIT ${limit}) AS page USING (commit_sha) ORDER BY 1, 2`.execute(db);
  return rows.map((row) => ({
    projectId: row.project_id,
    key: `commit/${row.commit_sha}`,
    isDeleted: false,
    payload: {},
  }));
}
