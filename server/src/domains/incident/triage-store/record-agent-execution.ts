import { type AgentExecution, agentExecutionSchema } from "@culprit/contract";
import { sql } from "kysely";
import { scrubText } from "../../../analysis/scrub/index.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { lockIncident } from "./locked-incident.ts";

/**
 * Records a run of an agent. Recorded again under the same id it is the same run: what was not known is filled in, and what
 * was known may not differ, so the same call again changes nothing. One incident has as many runs as it had tries.
 * @throws CulpritError NOT_FOUND for the incident; CONFLICT when the id is another incident's run, or its end was another.
 */
export async function recordAgentExecution(
  scope: DatabaseScope,
  projectId: string,
  execution: AgentExecution,
): Promise<void> {
  const run = agentExecutionSchema.parse(execution);
  await scope.transaction(async (tx) => {
    const incident = await lockIncident(tx, { projectId, incidentId: run.incidentId });
    const { rows } = await sql<{ is_same: boolean }>`
      INSERT INTO agent_executions AS e (execution_id, project_id, incident_id, started_at, completed_at, exit_code, error_message, log_paths)
      VALUES (${run.executionId}, ${projectId}, ${incident.id}, ${run.startedAt}, ${run.completedAt ?? null}, ${run.exitCode ?? null},
        ${scrubText(run.errorMessage, {})}, ${run.logPaths.join(",")})
      ON CONFLICT (execution_id) DO UPDATE SET completed_at = coalesce(e.completed_at, EXCLUDED.completed_at),
        exit_code = coalesce(e.exit_code, EXCLUDED.exit_code),
        error_message = coalesce(nullif(e.error_message, ''), EXCLUDED.error_message),
        log_paths = coalesce(nullif(e.log_paths, ''), EXCLUDED.log_paths)
      WHERE e.incident_id = EXCLUDED.incident_id
      RETURNING e.started_at = ${run.startedAt}::timestamptz
        AND coalesce(e.completed_at = ${run.completedAt ?? null}::timestamptz, ${run.completedAt == null})
        AND coalesce(e.exit_code = ${run.exitCode ?? null}::int, ${run.exitCode == null}) AS is_same`.execute(tx);
    if (rows[0]?.is_same !== true)
      throw new CulpritError(
        "CONFLICT",
        `The execution ${run.executionId} was recorded before, of another incident or with other times or exit code.`,
      );
  });
}
