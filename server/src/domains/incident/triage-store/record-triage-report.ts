import { type TriageReport, triageReportSchema } from "@culprit/contract";
import { sql } from "kysely";
import { scrubText } from "../../../analysis/scrub/index.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { lockIncident } from "./locked-incident.ts";

/**
 * Records the report of an agent's run, scrubbed. The same report again changes nothing.
 * @throws CulpritError NOT_FOUND for the incident, or for a run that is not recorded as the incident's; CONFLICT when another
 * report has the id.
 */
export async function recordTriageReport(scope: DatabaseScope, projectId: string, given: TriageReport): Promise<void> {
  const report = triageReportSchema.parse(given);
  const markdown = scrubText(report.reportMarkdown, {});
  const html = report.reportHtml == null ? null : scrubText(report.reportHtml, {});
  await scope.transaction(async (tx) => {
    const incident = await lockIncident(tx, { projectId, incidentId: report.incidentId });
    const { rows: runs } = await sql`
      SELECT 1 FROM agent_executions WHERE execution_id = ${report.executionId} AND incident_id = ${incident.id}`.execute(
      tx,
    );
    if (runs.length === 0)
      throw new CulpritError("NOT_FOUND", `The incident has no execution ${report.executionId}. Record it first.`, {
        details: { field: "executionId" },
      });
    const { rows } = await sql`
      INSERT INTO triage_reports AS r (report_id, project_id, incident_id, execution_id, generated_at, report_markdown, report_html)
      VALUES (${report.reportId}, ${projectId}, ${incident.id}, ${report.executionId}, ${report.generatedAt ?? new Date()}, ${markdown}, ${html})
      ON CONFLICT (report_id) DO UPDATE SET report_id = EXCLUDED.report_id
      WHERE (r.incident_id, r.execution_id, r.report_markdown) = (EXCLUDED.incident_id, EXCLUDED.execution_id, EXCLUDED.report_markdown)
        AND r.report_html IS NOT DISTINCT FROM EXCLUDED.report_html
      RETURNING 1`.execute(tx);
    if (rows.length === 0)
      throw new CulpritError("CONFLICT", `Another report has the id ${report.reportId}. Give this one a new id.`);
  });
}
