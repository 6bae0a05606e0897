import { sql, type Transaction } from "kysely";
import type { Database } from "../../../../platform/db/open-database.ts";
import type { DB } from "../../../../platform/db/tables.generated.ts";
import { states, tryAgain } from "../../../../platform/db/try-again.ts";
import type { Queue } from "../../../../platform/queue/queue.ts";
import { loadIncidents } from "../../run/load-run.ts";
import { startExecutions } from "../../start-execution.ts";
import { loadCandidates } from "../load-candidates.ts";
import { WEBHOOK_EVENT } from "../webhook/webhook-call.ts";
import { countUnconcerned, type LedgerRow, writeLedger } from "../write-ledger.ts";
import { askBatch, BATCH_MS } from "./ask-batch.ts";
import { breakLoops } from "./break-loops.ts";
import { standingHandsOff } from "./note-hands-off.ts";
import { replayWebhookCalls } from "./replay-webhook-calls.ts";
import { waitingEvents } from "./waiting-events.ts";

/*
 * The dispatcher: asks triggers about the events that wait.
 *
 *   waiting (matched_at null) ──one transaction: executions, ledger, counts──▶ matched
 *        └──the database or the judge refuses that one event, again and again──▶ refused, with the reason
 *
 * - One process at a time works on a project, by an advisory lock of the transaction, and takes its events in the order
 *   they were made: so events of one subject are matched in theirs.
 * - A batch is one transaction: after a crash in the middle all of it waits again, and nothing of it was started.
 * - A batch ends early where its conditions took more than a second (ask-batch.ts); what was not asked waits for the next.
 * - Whoever finds the lock taken goes away: the holder looks again after its commit, and everybody looks every second.
 */

/** "disp" as a number: the first half of the advisory lock; the second is a hash of the project. */
const LOCK_CLASS = 0x64697370;
/** Of 100, 200, 500 and 1,000 in one transaction, 500 took the least time an event: 1,390, 1,540, 2,380 and 2,030 a second beside other work. */
const BATCH_EVENTS = 500;
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
  const waiting = await waitingEvents(tx, projectId, limit);
  if (waiting.length === 0) return 0;
  const calls = waiting.filter(({ event_type }) => event_type === WEBHOOK_EVENT);
  const events = waiting.filter(({ event_type }) => event_type !== WEBHOOK_EVENT);

  const candidates = await loadCandidates(tx, projectId);
  const hasConditions = candidates.some(({ triggers }) => triggers.some(({ trigger }) => trigger?.if !== undefined));
  const incidentIds = hasConditions ? [...new Set(events.flatMap(({ incident_id }) => incident_id ?? []))] : [];
  const incidents = await loadIncidents(tx, incidentIds, deps.publicUrl());
  const context = { projectId, incidents, handsOff: await standingHandsOff(tx, projectId) };
  // All is decided before the first write, so that no row is locked while conditions are asked.
  const { asked, events: askedEvents, workedMs } = await askBatch(events, candidates, context);

  const timeMs = Math.max(0, BATCH_MS - workedMs);
  const replayed = await replayWebhookCalls(tx, deps, calls, { projectId, timeMs });
  const rows = await breakLoops(
    tx,
    asked.flatMap((one) => one.rows),
  );
  const requests = rows.flatMap(({ request }) => request ?? []);
  const started = new Set(await startExecutions(tx, deps.queue, requests));
  const settledRows = rows.map(({ request, ...row }) => settled(row, request?.id, started));
  await writeLedger(tx, settledRows);
  await countUnconcerned(
    tx,
    asked.flatMap(({ unconcerned }) => unconcerned ?? []),
  );
  const done = [...events.slice(0, askedEvents), ...calls.slice(0, replayed)];
  const ids = done.map(({ event_id }) => event_id);
  await sql`UPDATE workflow_events SET matched_at = now() WHERE event_id = ANY(${ids}::uuid[])`.execute(tx);
  return done.length;
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
