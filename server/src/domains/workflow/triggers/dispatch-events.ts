import { sql, type Transaction } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { states, tryAgain } from "../../../platform/db/try-again.ts";
import { newId, toPublicId } from "../../../platform/ids/ids.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import type { Scope } from "../expressions/scope.ts";
import { loadIncidents } from "../run/load-run.ts";
import { type ExecutionRequest, startExecutions } from "../start-execution.ts";
import { checkInputs } from "./check-inputs.ts";
import { factsOf } from "./event-facts.ts";
import { eventForTemplates } from "./event-for-templates.ts";
import { judgeEvent } from "./judge-event.ts";
import { loadCandidates, type StoredCandidate } from "./load-candidates.ts";
import { loadWebhookTrigger, type WebhookTrigger } from "./webhook/load-webhook-trigger.ts";
import { runWebhook } from "./webhook/run-webhook.ts";
import { triggerOfSubject, WEBHOOK_EVENT } from "./webhook/webhook-call.ts";
import { countUnconcerned, type LedgerRow, type Unconcerned, writeLedger } from "./write-ledger.ts";

/*
 * The dispatcher: asks triggers about the events that wait.
 *
 *   waiting (matched_at null) ──one transaction: executions, ledger, counts──▶ matched
 *        └──the database or the judge refuses that one event, again and again──▶ refused, with the reason
 *
 * - One process at a time works on a project, by an advisory lock of the transaction, and takes its events in the order
 *   they were made: so events of one subject are matched in theirs.
 * - A batch is one transaction: after a crash in the middle all of it waits again, and nothing of it was started.
 * - Whoever finds the lock taken goes away: the holder looks again after its commit, and everybody looks every second.
 */

/** "disp" as a number: the first half of the advisory lock; the second is a hash of the project. */
const LOCK_CLASS = 0x64697370;
const BATCH_EVENTS = 200;
/** A batch is held in memory; as the database keeps the payloads, compressed. */
const BATCH_BYTES = 4_000_000;
const CONFLICTS = {
  states: [states.deadlock, states.serializationFailure, states.foreignKeyViolation, states.lockNotAvailable],
  triesMax: 3,
};

export interface DispatchDeps {
  readonly database: Database;
  readonly queue: Queue;
  readonly publicUrl: () => string;
}

/**
 * Asks the triggers of a project about one batch of its waiting events, at most `limit`.
 * @returns how many were matched; null where another worker is at it.
 */
export function dispatchEvents(deps: DispatchDeps, projectId: string, limit = BATCH_EVENTS): Promise<number | null> {
  return tryAgain(
    () =>
      deps.database.transaction(async (tx) => {
        const { rows } = await sql<{ isMine: boolean }>`
          SELECT pg_try_advisory_xact_lock(${LOCK_CLASS}, hashtext(${projectId})) AS "isMine"`.execute(tx);
        if (rows[0]?.isMine !== true) return null;
        return matchBatch(tx, deps, projectId, limit);
      }),
    CONFLICTS,
  );
}

/** Gives up the first waiting event of a project, so that one that can't be matched does not keep the others waiting for ever. */
export async function refuseFirstEvent({ database }: DispatchDeps, projectId: string, reason: string): Promise<void> {
  await sql`
    UPDATE workflow_events SET matched_at = now(), refused = ${reason}
    WHERE event_id = (SELECT event_id FROM workflow_events WHERE project_id = ${projectId} AND matched_at IS NULL
      ORDER BY event_id LIMIT 1)`.execute(database.db);
}

async function matchBatch(tx: Transaction<DB>, deps: DispatchDeps, projectId: string, limit: number): Promise<number> {
  const { queue, publicUrl } = deps;
  const waiting = await waitingEvents(tx, projectId, limit);
  if (waiting.length === 0) return 0;
  const events = waiting.filter(({ event_type }) => event_type !== WEBHOOK_EVENT);
  await runReplayedCalls(
    tx,
    deps,
    waiting.filter(({ event_type }) => event_type === WEBHOOK_EVENT),
    projectId,
  );
  const [candidates, projectName] = [await loadCandidates(tx, projectId), waiting[0]?.project_name ?? ""];
  const asksIncident = candidates.some(({ triggers }) => triggers.some(({ trigger }) => trigger?.if !== undefined));
  const incidentIds = asksIncident ? [...new Set(events.flatMap(({ incident_id }) => incident_id ?? []))] : [];
  const incidents = await loadIncidents(tx, incidentIds, publicUrl());

  const handsOff = await standingHandsOff(tx, projectId);

  const ledger: (LedgerRow & { readonly request?: ExecutionRequest })[] = [];
  const unconcerned: Unconcerned[] = [];
  for (const event of events) {
    const facts = factsOf(event.event_type, event.payload);
    for (const candidate of candidates) {
      const scope = () => scopeOf(event, candidate, { id: projectId, name: projectName }, incidents);
      for (const verdict of judgeEvent(candidate, { type: event.event_type, facts }, scope)) {
        const { workflowId } = candidate;
        if (verdict.outcome === "not_concerned") {
          if (candidate.status === "active")
            unconcerned.push({ projectId, workflowId, eventType: event.event_type, at: event.created_at });
          continue;
        }
        const triggerId = candidate.triggers[verdict.index]?.triggerId ?? null;
        const row = { projectId, workflowId, triggerId, eventId: event.event_id, executionId: null, ...verdict };
        ledger.push(
          verdict.outcome === "ran" ? withRequest(withHandsOff(row, handsOff, facts.service), event, candidate) : row,
        );
      }
    }
  }
  const started = new Set(
    await startExecutions(
      tx,
      queue,
      ledger.flatMap(({ request }) => request ?? []),
    ),
  );
  await writeLedger(
    tx,
    ledger.map(({ request, ...row }) => settled(row, request?.id, started)),
  );
  await countUnconcerned(tx, unconcerned);
  await sql`UPDATE workflow_events SET matched_at = now() WHERE event_id = ANY(${waiting.map(({ event_id }) => event_id)}::uuid[])`.execute(
    tx,
  );
  return waiting.length;
}

/** A call of a webhook that waits here is a replay: its own trigger is asked, and nobody waits for the answer. */
async function runReplayedCalls(
  tx: Transaction<DB>,
  deps: DispatchDeps,
  calls: readonly WaitingEvent[],
  projectId: string,
): Promise<void> {
  const triggers = new Map<string, WebhookTrigger | null>();
  for (const { event_id: eventId, subject, payload } of calls) {
    const id = triggerOfSubject(subject);
    if (id === null) continue;
    if (!triggers.has(id)) triggers.set(id, await loadWebhookTrigger(tx, { id }));
    const found = triggers.get(id);
    // The trigger may be gone since.
    if (found?.projectId === projectId) await runWebhook(tx, deps, found, { eventId, payload });
  }
}

interface WaitingEvent {
  readonly event_id: string;
  readonly event_type: string;
  readonly subject: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly incident_id: string | null;
  readonly created_at: Date;
  readonly project_name: string;
}

async function waitingEvents(tx: Transaction<DB>, projectId: string, limit: number): Promise<readonly WaitingEvent[]> {
  const { rows } = await sql<WaitingEvent>`
    WITH first AS (
      SELECT * FROM workflow_events WHERE project_id = ${projectId} AND matched_at IS NULL ORDER BY event_id LIMIT ${limit}
    ), summed AS (
      SELECT *, sum(pg_column_size(payload)) OVER (ORDER BY event_id) - pg_column_size(payload) AS before FROM first
    )
    SELECT e.event_id, e.event_type, e.subject, e.payload, e.incident_id, e.created_at, p.name AS project_name
    FROM summed e JOIN projects p ON p.id = e.project_id WHERE before < ${BATCH_BYTES} ORDER BY e.event_id`.execute(tx);
  return rows;
}

interface HandsOff {
  readonly service: string | null;
  readonly reason: string;
}

async function standingHandsOff(tx: Transaction<DB>, projectId: string): Promise<readonly HandsOff[]> {
  const { rows } = await sql<HandsOff>`
    SELECT service, reason FROM hands_off WHERE cleared_at IS NULL AND (project_id IS NULL OR project_id = ${projectId})`.execute(
    tx,
  );
  return rows;
}

/** The switch stops effects, not the work that leads to them; whoever reads why something ran is told that nothing went out. */
function withHandsOff(row: LedgerRow, standing: readonly HandsOff[], services: readonly string[]): LedgerRow {
  const covering = standing.find(({ service }) => service === null || services.includes(service));
  if (covering === undefined) return row;
  const reason = `${row.reason} Nothing of it goes out while hands-off stands: ${covering.reason}`;
  return { ...row, reason, details: { ...row.details, hands_off: covering.reason } };
}

function scopeOf(
  event: Pick<WaitingEvent, "event_type" | "payload" | "incident_id">,
  candidate: StoredCandidate,
  project: { readonly id: string; readonly name: string },
  incidents: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): Scope {
  return {
    event: eventForTemplates(event.event_type, event.payload),
    inputs: {},
    steps: {},
    workflow: { id: toPublicId("wf", candidate.workflowId), name: candidate.name, version: candidate.version },
    execution: { id: "", trigger: "event", url: "" },
    project: { id: toPublicId("proj", project.id), name: project.name },
    incident: event.incident_id === null ? null : (incidents.get(event.incident_id) ?? null),
  };
}

function withRequest(row: LedgerRow, event: WaitingEvent, candidate: StoredCandidate) {
  const checked = checkInputs(candidate, {});
  if (!checked.ok) {
    const reason = `It would have run, but the workflow asks for inputs that an event does not give: ${checked.problems.map(({ message }) => message).join(" ")}`;
    return { ...row, outcome: "did_not_run" as const, reason, details: { ...row.details, problems: checked.problems } };
  }
  const request: ExecutionRequest = {
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

/** A workflow may have been switched off between the look at it and the start. */
function settled(row: LedgerRow, id: string | undefined, started: ReadonlySet<string>): LedgerRow {
  if (id === undefined) return row;
  if (started.has(id)) return { ...row, executionId: id };
  return {
    ...row,
    outcome: "did_not_run",
    reason: "It would have run, but the workflow was switched off at that moment.",
  };
}
