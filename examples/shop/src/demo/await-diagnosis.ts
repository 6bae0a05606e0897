import type { IncidentDetail, IncidentStatus, IncidentSummary } from "@culprit/contract";
import type { CulpritApi } from "./culprit-api.ts";

const finalStatuses: readonly IncidentStatus[] = [
  "diagnosed",
  "pr_created",
  "failed",
  "agent_failed",
  "suppressed",
  "resolved",
];

export interface DiagnosisWait {
  /** How long the first incident may take. */
  readonly firstMs: number;
  /** How long all of it may take. */
  readonly totalMs: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Resolves to the incidents once every one of them has its investigation, patch, proof and pull request behind it, or to what there is
 * when the time is over. Empty when none opened in time.
 */
export async function awaitDiagnosis(api: CulpritApi, wait: DiagnosisWait): Promise<IncidentDetail[]> {
  const startedAtMs = performance.now();
  const told = new Map<string, string>();
  for (;;) {
    const incidents = await api.listIncidents();
    for (const incident of incidents) {
      if (told.get(incident.id) === incident.status) continue;
      if (!told.has(incident.id)) wait.say(`  incident: ${incident.title}`);
      else wait.say(`  ${incident.status}: ${incident.title}`);
      told.set(incident.id, incident.status);
    }
    const elapsedMs = performance.now() - startedAtMs;
    const isOver =
      elapsedMs > wait.totalMs || (incidents.length === 0 && elapsedMs > wait.firstMs) || wait.signal.aborted;
    if (isOver || (incidents.length > 0 && incidents.every(isFinal))) {
      const details = await Promise.all(incidents.map((incident) => api.loadIncident(incident.id)));
      if (isOver || !details.some(isBeingMended)) return details;
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

function isFinal(incident: IncidentSummary): boolean {
  return finalStatuses.includes(incident.status);
}

/** A proven patch of which nothing is decided yet: its pull request is on its way. */
function isBeingMended({ autopsy, pull_request: pullRequest, execution }: IncidentDetail): boolean {
  const isRunning = execution?.status === "running" || execution?.status === "pending";
  return autopsy?.proof === "green" && pullRequest.last_decision === null && isRunning;
}
