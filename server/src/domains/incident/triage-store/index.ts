import type { AgentExecution, TriageFilters, TriageIncident, TriageReport } from "@culprit/contract";
import type { Database } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import type { StorePolicy } from "../signal-to-store.ts";
import { type Completion, completeIncident } from "./complete-incident.ts";
import { type CreatedIncident, createIncident, type FaultToStore } from "./create-incident.ts";
import { getIncident } from "./get-incident.ts";
import { listIncidents, type TriagePage } from "./list-incidents.ts";
import { recordAgentExecution } from "./record-agent-execution.ts";
import { recordTriageReport } from "./record-triage-report.ts";
import { type StatusUpdate, updateIncidentStatus } from "./update-incident-status.ts";

export type { Completion, CreatedIncident, FaultToStore, StatusUpdate, TriagePage };

/**
 * The eight operations of document 2's `StateStore`, for one project. Each is one transaction and may be repeated: the same
 * call again changes nothing. Statuses are document 2's words; moves follow the one machine of incidents.
 */
export interface TriageStore {
  createIncident(fault: Omit<FaultToStore, "projectId">): Promise<CreatedIncident>;
  updateIncidentStatus(update: Omit<StatusUpdate, "projectId">): Promise<boolean>;
  completeIncident(completion: Omit<Completion, "projectId">): Promise<boolean>;
  recordAgentExecution(execution: AgentExecution): Promise<void>;
  recordTriageReport(report: TriageReport): Promise<void>;
  getIncident(incidentId: string): Promise<TriageIncident>;
  listIncidents(filters?: TriageFilters): Promise<TriagePage>;
  /**
   * Ends the use of this store; later calls are refused. The connections stay: the whole process shares one database, and
   * whoever opened that closes it.
   */
  close(): Promise<void>;
}

/**
 * The store of one project. Faults come in as the engine, like every signal; everything else is done as the project's tenant,
 * so that row-level security keeps a store within its project.
 */
export function openTriageStore(
  { database, queue }: { readonly database: Database; readonly queue: Queue },
  { projectId, policy }: { readonly projectId: string; readonly policy: StorePolicy },
): TriageStore {
  const scope = database.asTenant({ userId: null, projectId });
  let isClosed = false;
  const whileOpen = <T>(run: () => Promise<T>): Promise<T> =>
    isClosed ? Promise.reject(new CulpritError("CONFLICT", "This triage store was closed. Open another.")) : run();
  return {
    createIncident: (fault) => whileOpen(() => createIncident(database, queue, { projectId, ...fault }, policy)),
    updateIncidentStatus: (update) => whileOpen(() => updateIncidentStatus(scope, { projectId, ...update })),
    completeIncident: (completion) => whileOpen(() => completeIncident(scope, { projectId, ...completion })),
    recordAgentExecution: (execution) => whileOpen(() => recordAgentExecution(scope, projectId, execution)),
    recordTriageReport: (report) => whileOpen(() => recordTriageReport(scope, projectId, report)),
    getIncident: (incidentId) => whileOpen(() => getIncident(scope, { projectId, incidentId })),
    listIncidents: (filters) => whileOpen(() => listIncidents(scope, projectId, filters)),
    close: async () => {
      isClosed = true;
    },
  };
}
