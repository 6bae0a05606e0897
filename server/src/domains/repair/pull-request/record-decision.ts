import type { PullRequestMode, PullRequestOutcome } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import { storableJson } from "../../../platform/db/storable-json.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { newId } from "../../../platform/ids/ids.ts";

export interface DecisionToRecord {
  readonly projectId: string;
  readonly incidentId: string;
  readonly runId: string | null;
  readonly pullRequestId: string | null;
  readonly mode: PullRequestMode;
  readonly askedBy: string | null;
  readonly outcome: PullRequestOutcome;
  readonly reason: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Keeps what became of it. The same as the newest one within a minute, which a retry brings, is not kept twice; asked later it is, with its time. */
export async function recordDecision(db: Kysely<DB>, decision: DecisionToRecord): Promise<void> {
  const { projectId, incidentId, runId, pullRequestId, mode, askedBy, outcome } = decision;
  const reason = storableJson(decision.reason).slice(0, 4000);
  await sql`
    INSERT INTO pull_request_decisions (id, project_id, incident_id, autopsy_run_id, pull_request_id, mode, asked_by, outcome, reason, details)
    SELECT ${newId()}, ${projectId}, ${incidentId}, ${runId}::uuid, ${pullRequestId}::uuid, ${mode}, ${askedBy}, ${outcome}, ${reason},
      ${JSON.stringify(storableJson(decision.details))}::jsonb
    WHERE (${outcome}::text, ${reason}::text, ${runId}::uuid, ${askedBy}::text) IS DISTINCT FROM (
      SELECT (d.outcome, d.reason, d.autopsy_run_id, d.asked_by) FROM (
        SELECT * FROM pull_request_decisions WHERE incident_id = ${incidentId} AND created_at > now() - interval '1 minute' ORDER BY created_at DESC, id DESC LIMIT 1) d)`.execute(
    db,
  );
}
