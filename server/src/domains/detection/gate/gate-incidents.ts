import { sql, type Transaction } from "kysely";
import type { GateVerdict } from "../../../analysis/gate/gate-case.ts";
import { judgeCase } from "../../../analysis/gate/judge-case.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { newId } from "../../../platform/ids/ids.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import { moveIncidents, system } from "../../incident/index.ts";
import { type GatheredCase, gatherCases } from "./gather-cases.ts";
import { type GatePolicies, loadPolicies, type NamedPolicy } from "./load-policy.ts";

/** Incidents looked at in one go; those that wait for telemetry to persist must not keep the others from their turn. */
const LOOKED_AT_MAX = 200;
const OVER_BUDGET_DELAY_S = 10;
/** What spans told of within so long goes on. */
const GOES_ON_MS = 120_000;

export interface GateResult {
  readonly approved: number;
  readonly suppressed: number;
  /** Telemetry that has not lasted long enough yet; the sentinel calls the gate again while there is any. */
  readonly waiting: number;
  /** True when incidents still wait for the next minute's budget; the gate has asked to be called again. */
  readonly isOverBudget: boolean;
}

export interface GateInput {
  readonly projectId: string;
  readonly investigationsPerMinute: number;
  readonly now?: Date;
}

/**
 * Decides about a project's open incidents, oldest first, by the project's policy: each is approved within the budget of
 * investigations a minute or suppressed, with its reason, the policy's version and what was looked at stored, or it waits until it has lasted long enough. The event of the approval starts
 * the workflow `incident-response`. What is over the budget stays open until its turn. Policies in shadow are asked too, and
 * their answers stored. Key-share locks, which every batch of occurrences holds on its incidents, do not keep a row out.
 */
export async function gateIncidents(database: Database, queue: Queue, input: GateInput): Promise<GateResult> {
  const { projectId, investigationsPerMinute, now = new Date() } = input;
  return database.transaction(async (tx) => {
    const used = await approvedInMinute(tx, projectId);
    const { rows: open } = await sql<{ id: string }>`
      SELECT id FROM incidents WHERE project_id = ${projectId} AND status = 'open'
      ORDER BY created_at LIMIT ${LOOKED_AT_MAX} FOR NO KEY UPDATE SKIP LOCKED`.execute(tx);
    const policies = await loadPolicies(tx, projectId);
    const judged = await judge(
      tx,
      projectId,
      policies.active,
      open.map(({ id }) => id),
      now,
    );
    const isApproved = ({ verdict }: Judged) => verdict.decision === "approved";
    const budget = Math.max(0, investigationsPerMinute - used);
    const approved = judged.filter(isApproved).slice(0, budget);
    const suppressed = judged.filter(({ verdict }) => verdict.decision === "suppressed");
    const waiting = judged.filter(({ verdict }) => verdict.decision === "wait");
    const ofBudget = (index: number) =>
      `Investigation ${used + index + 1} of ${investigationsPerMinute} allowed in this minute.`;
    await move(tx, "triaged", policies.active, approved, ofBudget);
    await move(tx, "suppressed", policies.active, suppressed);
    await askShadows(tx, projectId, policies, [...approved, ...suppressed], now);
    const again = await reconsiderSuppressed(tx, input);
    const isOverBudget = judged.filter(isApproved).length > budget || again.overBudget > 0;
    // Another transaction may have held a row, which was skipped then: while anything else is open, look again. For what
    // waits to last the sentinel calls: a job for later would keep the next failure's own from the queue.
    const { rows: left } = await sql`
      SELECT 1 FROM incidents WHERE project_id = ${projectId} AND status = 'open'
        AND id <> ALL(${waiting.map(({ one }) => one.incidentId)}::uuid[]) LIMIT 1`.execute(tx);
    if (left.length > 0 || isOverBudget)
      await queue.enqueue(
        tx,
        "gate",
        { projectId },
        { key: projectId, delayS: isOverBudget ? OVER_BUDGET_DELAY_S : 1 },
      );
    return {
      approved: approved.length + again.approved,
      suppressed: suppressed.length,
      waiting: waiting.length,
      isOverBudget,
    };
  });
}

/**
 * Judges suppressed incidents again whose telemetry goes on: the maintenance is over, traffic came, more requests were slow, it has
 * lasted too long to be a flake. What a person suppressed stays so. Approves within the budget. Needs a transaction.
 * @returns how many were approved, and how many wait for the next minute's budget.
 */
export async function reconsiderSuppressed(
  tx: Transaction<DB>,
  input: GateInput,
): Promise<{ readonly approved: number; readonly overBudget: number }> {
  const { projectId, investigationsPerMinute, now = new Date() } = input;
  const { rows } = await sql<{ id: string }>`
    SELECT i.id FROM incidents i
    WHERE i.project_id = ${projectId} AND i.status = 'suppressed'
      AND (EXISTS (SELECT 1 FROM incident_triggers t WHERE t.incident_id = i.id AND t.is_opener AND t.status = 'firing' AND t.quiet_since IS NULL)
        OR (i.source = 'otlp' AND EXISTS (SELECT 1 FROM incident_counters c WHERE c.incident_id = i.id AND c.last_seen_at > ${new Date(now.getTime() - GOES_ON_MS)})
          AND (SELECT d.details ->> 'rule' IN ('maintenance', 'latency') FROM incident_decisions d WHERE d.incident_id = i.id AND d.decision = 'suppressed'
            ORDER BY d.decided_at DESC, d.decision_id DESC LIMIT 1)))
      AND (SELECT d.details ? 'rule' FROM incident_decisions d WHERE d.incident_id = i.id AND d.decision = 'suppressed'
        ORDER BY d.decided_at DESC, d.decision_id DESC LIMIT 1)
    ORDER BY i.created_at LIMIT ${LOOKED_AT_MAX} FOR NO KEY UPDATE OF i SKIP LOCKED`.execute(tx);
  if (rows.length === 0) return { approved: 0, overBudget: 0 };
  const { active } = await loadPolicies(tx, projectId);
  const judged = await judge(
    tx,
    projectId,
    active,
    rows.map(({ id }) => id),
    now,
  );
  const budget = Math.max(0, investigationsPerMinute - (await approvedInMinute(tx, projectId)));
  const toApprove = judged.filter(({ verdict }) => verdict.decision === "approved");
  const approved = toApprove.slice(0, budget);
  await move(tx, "triaged", active, approved, () => "What suppressed it holds no more, and it goes on.");
  return { approved: approved.length, overBudget: toApprove.length - approved.length };
}

interface Judged {
  readonly one: GatheredCase;
  readonly verdict: GateVerdict;
}

async function judge(
  tx: Transaction<DB>,
  projectId: string,
  { policy }: NamedPolicy,
  incidentIds: readonly string[],
  now: Date,
): Promise<readonly Judged[]> {
  if (incidentIds.length === 0) return [];
  const cases = await gatherCases(tx, projectId, policy, { incidentIds, now });
  return cases.map((one) => ({ one, verdict: judgeCase(one, policy) }));
}

async function move(
  tx: Transaction<DB>,
  to: "triaged" | "suppressed",
  { name }: NamedPolicy,
  judged: readonly Judged[],
  added?: (index: number) => string,
): Promise<void> {
  if (judged.length === 0) return;
  await moveIncidents(tx, {
    ...{ to, actor: system, policyVersion: name },
    moves: judged.map(({ one, verdict }, index) => ({
      incidentId: one.incidentId,
      reason: added === undefined ? verdict.rationale : `${verdict.rationale} ${added(index)}`,
      details: detailsOf(one, verdict),
    })),
  });
}

/** What was decided by, as stored with the decision. */
function detailsOf(one: GatheredCase, { rule, path, allowModel }: GateVerdict): Record<string, unknown> {
  const { source, severity, trigger, changes, recoveries, maintenance, duplicateOf, slowRequests } = one;
  return {
    rule,
    severity,
    source,
    path,
    allow_model: allowModel,
    changes: changes.map(({ kind, id, title }) => ({ kind, id, title })),
    recoveries,
    maintenance: maintenance?.reason ?? null,
    duplicate_of: duplicateOf?.incidentId ?? null,
    ...(slowRequests === null ? {} : { slow_requests: slowRequests }),
    ...(trigger === null
      ? {}
      : {
          trigger: trigger.type,
          lasted_s: Math.round(trigger.lastedMs / 1000),
          requests_per_minute: trigger.requestsPerMinute,
          traffic_ratio: trigger.trafficRatio,
          error_ratio: trigger.errorRatio,
        }),
  };
}

/** Stores what the policies in shadow would have decided; one that would still wait is taken to approve, as it goes on. */
async function askShadows(
  tx: Transaction<DB>,
  projectId: string,
  { shadows }: GatePolicies,
  decided: readonly Judged[],
  now: Date,
): Promise<void> {
  const actual = new Map(decided.map(({ one, verdict }) => [one.incidentId, verdict.decision]));
  for (const shadow of shadows) {
    const judged = await judge(tx, projectId, shadow, [...actual.keys()], now);
    const rows = judged.map(({ one, verdict }) => ({
      shadow_id: newId(),
      incident_id: one.incidentId,
      decision: verdict.decision === "suppressed" ? "suppressed" : "approved",
      actual: actual.get(one.incidentId),
      rule: verdict.rule,
      rationale: verdict.rationale,
    }));
    await sql`
      INSERT INTO gate_shadow_decisions (shadow_id, project_id, policy_id, incident_id, decision, actual, rule, rationale)
      SELECT shadow_id, ${projectId}::uuid, ${shadow.policyId}::uuid, incident_id, decision, actual, rule, rationale
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS r(shadow_id uuid, incident_id uuid, decision text, actual text, rule text, rationale text)`.execute(tx);
  }
}

async function approvedInMinute(tx: Transaction<DB>, projectId: string): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    SELECT count(*) FROM incident_decisions
    WHERE project_id = ${projectId} AND decision = 'approved' AND decided_at > now() - interval '1 minute'`.execute(tx);
  return Number(rows[0]?.count ?? 0);
}
