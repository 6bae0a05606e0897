import type { PullRequestMode } from "@culprit/contract";
import { sql } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { moveIncident } from "../../incident/index.ts";
import type { PullRequestForge, PullRequestRef } from "../../integration/index.ts";
import { describePullRequest } from "./name-pull-request.ts";

export interface PullRequestToStore extends PullRequestRef {
  readonly projectId: string;
  readonly incidentId: string;
  readonly runId: string | null;
  readonly title: string;
  readonly baseBranch: string;
  readonly branch: string;
  readonly headSha: string | null;
  readonly isOwn: boolean;
  readonly mode: PullRequestMode;
  readonly openedAt: Date;
}

/**
 * Keeps a pull request for an incident and says so in the incident itself, which is `pr_created` from then on. The same one
 * again changes nothing. @returns its id.
 */
export async function storePullRequest(
  database: Pick<Database, "transaction">,
  forge: Pick<PullRequestForge, "kind" | "repository" | "integrationId">,
  given: PullRequestToStore,
): Promise<string> {
  return database.transaction(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      INSERT INTO pull_requests (id, project_id, incident_id, autopsy_run_id, integration_id, forge, repository, base_branch, branch,
        number, url, title, is_own, mode, head_sha, opened_at)
      VALUES (${newId()}, ${given.projectId}, ${given.incidentId}, ${given.runId}, ${forge.integrationId}, ${forge.kind},
        ${forge.repository}, ${given.baseBranch}, ${given.branch}, ${given.number}, ${given.url}, ${given.title.slice(0, 500)},
        ${given.isOwn}, ${given.mode}, ${given.headSha}, ${given.openedAt})
      ON CONFLICT (incident_id, repository, number) DO UPDATE SET url = excluded.url RETURNING id`.execute(tx);
    await sql`UPDATE incidents SET pr_url = ${given.url.slice(0, 500)}, pr_number = ${given.number} WHERE id = ${given.incidentId}`.execute(
      tx,
    );
    const name = describePullRequest(forge.kind, forge.repository, given.number);
    const reason = given.isOwn ? `${name} was opened.` : `${name} of somebody else is open for it.`;
    await moveIncident(tx, { incidentId: given.incidentId, to: "pr_created", reason });
    return rows[0]?.id ?? "";
  });
}
