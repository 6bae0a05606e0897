import { type RawBuilder, sql, type Transaction } from "kysely";
import { outsideFailure } from "../../analysis/world/message-facts.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import type { Known, KnownIncident } from "./look-up.ts";
import { hasOwnCode, isBare, isOneRequest, isOneRequestOf, isTraceOfRequest } from "./same-request.ts";
import type { SignalToStore } from "./signal-to-store.ts";

/** Which of two exceptions of one request is behind the other. */
export interface CallsOfRequests {
  /** True for the one whose service the other's calls and whose exception tells more than the other's; null where nobody knows who calls whom. */
  isBehind(item: SignalToStore, other: SignalToStore | KnownIncident): boolean | null;
  /** Whether what an incident shows of the project's own code is more than the signal does. */
  hasMoreCode(other: SignalToStore | KnownIncident, item: SignalToStore): boolean;
}

interface Pair {
  readonly item: SignalToStore;
  readonly other: SignalToStore | KnownIncident;
}

interface PairRow {
  /** Of the pair that was asked about, from 1. */
  position: number;
  calls: boolean;
  is_called: boolean;
  /** Of the incident, where the other is one. */
  error_type: string | null;
  message: string | null;
  has_code: boolean | null;
}

/**
 * Asks the topology who calls whom among the services of a batch that failed in one request, directly or through one other, and what the incidents
 * of those requests show: one statement for all, and none where no new exception is of another service than the rest of its request.
 */
export async function lookUpCalls(
  tx: Transaction<DB>,
  fresh: readonly SignalToStore[],
  known: Pick<Known, "byTrace" | "byFingerprint">,
): Promise<CallsOfRequests> {
  const pairs = pairsOf(fresh, known);
  const calls = new Map<string, PairRow>();
  const incidents = new Map<string, PairRow>();
  if (pairs.length > 0)
    for (const row of await ask(tx, pairs)) {
      const pair = pairs[row.position - 1];
      if (pair === undefined) continue;
      calls.set(callKey(pair), row);
      if (!("signal" in pair.other)) incidents.set(pair.other.id, row);
    }
  const hasCode = (other: SignalToStore | KnownIncident) =>
    "signal" in other ? hasOwnCode(other) : incidents.get(other.id)?.has_code === true;
  const handsOn = (other: SignalToStore | KnownIncident) => {
    if ("signal" in other) return outsideFailure(other.signal.exceptions) !== null;
    const { error_type: type, message } = incidents.get(other.id) ?? { error_type: null, message: null };
    return outsideFailure([{ type: type ?? "", message: message ?? "" }]) !== null;
  };
  return {
    isBehind: (item, other) => {
      const row = calls.get(callKey({ item, other }));
      if (row === undefined || row.calls === row.is_called) return null;
      return row.calls && (hasOwnCode(item) || !hasCode(other) || handsOn(other));
    },
    hasMoreCode: (other, item) => !hasOwnCode(item) && hasCode(other),
  };
}

function pairsOf(
  fresh: readonly SignalToStore[],
  { byTrace, byFingerprint }: Pick<Known, "byTrace" | "byFingerprint">,
): readonly Pair[] {
  const traced = Map.groupBy(
    fresh.filter((item) => item.traceKey !== null && isTraceOfRequest(item) && !isBare(item)),
    ({ traceKey }) => traceKey,
  );
  const pairs = new Map<string, Pair>();
  for (const [traceKey, items] of traced) {
    const incidents = byTrace.get(traceKey ?? "") ?? [];
    if (items.length === 1 && incidents.length === 0) continue;
    for (const item of items) {
      if (byFingerprint.has(item.fingerprintKey)) continue;
      const others = [
        ...incidents.filter((one) => isOneRequest(item, one)),
        ...items.filter((one) => isOneRequestOf(item, one)),
      ];
      for (const other of others)
        pairs.set(`${callKey({ item, other })} ${"signal" in other ? "" : other.id}`, { item, other });
    }
  }
  return [...pairs.values()];
}

function callKey({ item: { projectId, signal }, other }: Pair): string {
  return JSON.stringify([projectId, signal.environment, signal.service, serviceOf(other)]);
}

function serviceOf(other: SignalToStore | KnownIncident): string | null {
  return "signal" in other ? other.signal.service : other.service;
}

async function ask(tx: Transaction<DB>, pairs: readonly Pair[]): Promise<readonly PairRow[]> {
  // Many incidents are of few services: who calls whom is looked up once for each two of them.
  const { rows } = await sql<PairRow>`
    WITH s AS (
      SELECT * FROM unnest(${pairs.map(({ item }) => item.projectId)}::uuid[], ${pairs.map(({ item }) => item.signal.environment)}::text[],
        ${pairs.map(({ item }) => item.signal.service)}::text[], ${pairs.map(({ other }) => serviceOf(other))}::text[],
        ${pairs.map(({ other }) => ("signal" in other ? null : other.id))}::uuid[])
        WITH ORDINALITY AS s(project_id, environment, own, other, incident_id, position)
    ), named AS MATERIALIZED (
      SELECT v.project_id, v.service_name, array_agg(v.service_id) AS ids FROM services v
      WHERE (v.project_id, v.service_name) IN (SELECT project_id, own FROM s UNION SELECT project_id, other FROM s) GROUP BY 1, 2
    ), p AS MATERIALIZED (
      SELECT d.*, ${leadsTo("o.ids", "w.ids")} AS calls, ${leadsTo("w.ids", "o.ids")} AS is_called
      FROM (SELECT DISTINCT project_id, environment, own, other FROM s) d
      JOIN named w ON w.project_id = d.project_id AND w.service_name = d.own JOIN named o ON o.project_id = d.project_id AND o.service_name = d.other
    )
    SELECT s.position, p.calls, p.is_called, i.error_type, left(i.error_message, 4000) AS message, i.frames @> '[{"isInApp": true}]' AS has_code
    FROM s JOIN p USING (project_id, environment, own, other) LEFT JOIN incidents i ON i.id = s.incident_id`.execute(
    tx,
  );
  return rows;
}

/** Whether calls lead from one service to another, directly or through one that may have recorded nothing. Services go by their names: senders place them differently. */
function leadsTo(callers: string, callees: string): RawBuilder<boolean> {
  return sql<boolean>`EXISTS (
    SELECT 1 FROM topology_edges e WHERE e.from_service_id = ANY(${sql.ref(callers)}) AND e.environment = d.environment
      AND (e.to_service_id = ANY(${sql.ref(callees)}) OR EXISTS (SELECT 1 FROM topology_edges n
        WHERE n.from_service_id = e.to_service_id AND n.environment = d.environment AND n.to_service_id = ANY(${sql.ref(callees)}))))`;
}
