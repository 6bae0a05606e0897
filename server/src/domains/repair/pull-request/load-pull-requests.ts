import type { IncidentPullRequest, IncidentPullRequests, PullRequestDecision } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { outdatedBy } from "../outdated-by.ts";
import { namePullRequest } from "./name-pull-request.ts";
import { readSettings } from "./settings.ts";

type Row = Omit<IncidentPullRequest, "name" | "opened_at" | "merged_at" | "closed_at" | "checked_at"> & {
  opened_at: Date;
  merged_at: Date | null;
  closed_at: Date | null;
  checked_at: Date | null;
};

/** The pull requests for an incident and what was decided last, as they go over the wire. */
export async function loadPullRequests(db: Kysely<DB>, incidentId: string): Promise<IncidentPullRequests> {
  const [facts, items, decisions] = await Promise.all([
    sql<{ settings: unknown; proof: string | null; has_patch: boolean; proven_at: Date | null }>`
      SELECT p.settings, u.proof, u.patch_diff IS NOT NULL AS has_patch, u.created_at AS proven_at
      FROM incidents i JOIN projects p ON p.id = i.project_id
        LEFT JOIN autopsy_results a ON a.incident_id = i.id LEFT JOIN autopsy_runs u ON u.id = a.autopsy_run_id
      WHERE i.id = ${incidentId}`.execute(db),
    sql<Row>`
      SELECT id, forge, repository, number, url, title, branch, base_branch, is_own, state, head_sha AS commit, checks, reviews,
        closed_reason, opened_at, merged_at, closed_at, checked_at, check_error
      FROM pull_requests WHERE incident_id = ${incidentId} ORDER BY opened_at DESC, id DESC LIMIT 20`.execute(db),
    sql<Omit<PullRequestDecision, "created_at"> & { created_at: Date }>`
      SELECT outcome, reason, mode, asked_by, details ->> 'url' AS url, created_at FROM pull_request_decisions
      WHERE incident_id = ${incidentId} ORDER BY created_at DESC, id DESC LIMIT 1`.execute(db),
  ]);
  const [fact] = facts.rows;
  const [decision] = decisions.rows;
  return {
    mode: readSettings(fact?.settings).mode,
    items: items.rows.map((row) => ({
      ...row,
      id: toPublicId("pr", row.id),
      name: namePullRequest(row.forge, row.repository, row.number),
      opened_at: row.opened_at.toISOString(),
      merged_at: row.merged_at?.toISOString() ?? null,
      closed_at: row.closed_at?.toISOString() ?? null,
      checked_at: row.checked_at?.toISOString() ?? null,
    })),
    last_decision: decision === undefined ? null : { ...decision, created_at: decision.created_at.toISOString() },
    blocked: blockedBy(fact ?? null, items.rows),
    outdated_reason: (await outdatedBy(db, incidentId, fact?.proven_at ?? null)).outdated_reason,
  };
}

function blockedBy(
  fact: { readonly proof: string | null; readonly has_patch: boolean; readonly settings: unknown } | null,
  items: readonly Row[],
): string | null {
  const open = items.find(({ state }) => state === "open");
  if (open !== undefined) return `${namePullRequest(open.forge, open.repository, open.number)} is open for it.`;
  // Without a proof an issue is opened, where the project wants that.
  if (readSettings(fact?.settings).issue_without_proof) return null;
  if (fact === null || !fact.has_patch) return "No patch was drafted.";
  if (fact.proof === "red") return "The patch did not pass its proof.";
  return fact.proof === "green" ? null : "The patch is not proven.";
}
