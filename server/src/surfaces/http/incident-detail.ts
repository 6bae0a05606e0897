import type { IncidentDetail } from "@culprit/contract";
import type { ChangeDeps } from "../../domains/change/index.ts";
import { loadIncident } from "../../domains/incident/index.ts";
import { loadFrameCode, loadInvestigation, renderReportHtml } from "../../domains/investigation/index.ts";
import { loadAutopsy, loadPullRequests } from "../../domains/repair/index.ts";
import { toPublicId } from "../../platform/ids/ids.ts";

/** Without `git` the stack stands without the code around it. */
type DetailDeps = Pick<ChangeDeps, "database"> & Partial<Pick<ChangeDeps, "git">>;

/** Everything about one incident at one moment, put together from the domains that own its parts. */
export async function incidentDetail(deps: DetailDeps, id: string, projectId: string | null): Promise<IncidentDetail> {
  const { incident, investigation, autopsy, pullRequests } = await deps.database.snapshot(async (tx) => ({
    incident: await loadIncident(tx, id, projectId),
    investigation: await loadInvestigation(tx, id),
    autopsy: await loadAutopsy(tx, id),
    pullRequests: await loadPullRequests(tx, id),
  }));
  // Code is a help beside the stack; without the repository the stack stands alone.
  const { database, git } = deps;
  const codes = git === undefined ? [] : await loadFrameCode({ database, git }, id).catch(() => []);
  const { report } = investigation;
  return {
    ...incident.summary,
    project_id: toPublicId("proj", incident.projectId),
    stack_trace: incident.stackTrace,
    frames: incident.frames.map((frame, index) => ({
      file: frame.file,
      function: frame.function,
      line: frame.line,
      column: frame.column,
      is_in_app: frame.isInApp,
      code: codes[index] ?? null,
    })),
    series: incident.series,
    deployments: incident.deployments,
    decisions: incident.decisions,
    parts: [...incident.parts],
    hypotheses: investigation.hypotheses,
    evidence: investigation.evidence,
    report: report === null ? null : { ...report, html: renderReportHtml(report.markdown) },
    autopsy,
    pull_request: pullRequests,
    execution: incident.execution,
    response: incident.response,
    last_payload: incident.lastPayload,
  };
}
