import { newId, toPublicId } from "../../../../platform/ids/ids.ts";
import type { Scope } from "../../expressions/scope.ts";
import type { ExecutionRequest } from "../../start-execution.ts";
import { checkInputs } from "../check-inputs.ts";
import type { EventFacts } from "../event-facts.ts";
import { eventForTemplates } from "../event-for-templates.ts";
import { judgeEvent } from "../judge-event.ts";
import type { StoredCandidate } from "../load-candidates.ts";
import type { LedgerRow, Unconcerned } from "../write-ledger.ts";
import { type HandsOff, withHandsOff } from "./note-hands-off.ts";
import type { WaitingEvent } from "./waiting-events.ts";

/** What all events of a batch are judged by. */
export interface BatchContext {
  readonly projectId: string;
  readonly incidents: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly handsOff: readonly HandsOff[];
}

/** A row of the ledger, and the execution that it tells of where it is to run. */
export type PlannedRow = LedgerRow & { readonly request?: ExecutionRequest & { readonly id: string } };

export interface Asked {
  readonly rows: readonly PlannedRow[];
  readonly unconcerned: Unconcerned | null;
}

/**
 * Asks one workflow about one event: what the ledger is to say and what is to start. Pure but for new ids. `beforeCondition` is
 * called before each condition, and may throw an ExpressionError in its place.
 */
export function askWorkflow(
  event: WaitingEvent & { readonly facts: EventFacts },
  candidate: StoredCandidate,
  context: BatchContext,
  beforeCondition: () => void,
): Asked {
  const { projectId, handsOff } = context;
  const { workflowId } = candidate;
  const { facts } = event;
  const rows: PlannedRow[] = [];
  let unconcerned: Unconcerned | null = null;
  const scope = () => {
    beforeCondition();
    return scopeOf(event, candidate, context);
  };
  for (const verdict of judgeEvent(candidate, { type: event.event_type, facts }, scope)) {
    if (verdict.outcome === "not_concerned") {
      if (candidate.status === "active")
        unconcerned = { projectId, workflowId, eventType: event.event_type, at: event.created_at };
      continue;
    }
    const triggerId = candidate.triggers[verdict.index]?.triggerId ?? null;
    const { outcome, reason, details } = verdict;
    const base = { projectId, workflowId, triggerId, eventId: event.event_id, executionId: null };
    const row: LedgerRow = { ...base, outcome, reason, details };
    rows.push(outcome === "ran" ? withRequest(withHandsOff(row, handsOff, facts.service), event, candidate) : row);
  }
  return { rows, unconcerned };
}

function withRequest(row: LedgerRow, event: WaitingEvent, candidate: StoredCandidate): PlannedRow {
  const checked = checkInputs(candidate, {});
  if (!checked.ok) {
    const reason = `It would have run, but the workflow asks for inputs that an event does not give: ${checked.problems.map(({ message }) => message).join(" ")}`;
    return { ...row, outcome: "did_not_run", reason, details: { ...row.details, problems: checked.problems } };
  }
  const request = {
    id: newId(),
    projectId: row.projectId,
    workflow: { id: candidate.workflowId },
    incidentId: event.incident_id,
    inputs: checked.inputs,
    trigger: { type: "event", data: { event: eventForTemplates(event.event_type, event.payload) } },
    eventId: event.event_id,
  };
  return { ...row, request };
}

function scopeOf(event: WaitingEvent, candidate: StoredCandidate, { projectId, incidents }: BatchContext): Scope {
  return {
    event: eventForTemplates(event.event_type, event.payload),
    inputs: {},
    steps: {},
    workflow: { id: toPublicId("wf", candidate.workflowId), name: candidate.name, version: candidate.version },
    execution: { id: "", trigger: "event", url: "" },
    project: { id: toPublicId("proj", projectId), name: event.project_name },
    incident: event.incident_id === null ? null : (incidents.get(event.incident_id) ?? null),
  };
}
