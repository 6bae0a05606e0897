import type { Alert } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import type { SignalToStore } from "./signal-to-store.ts";
import { moveIncidents } from "./status.ts";

/** An alert that stopped, prepared like one that fires, so that it is looked up by the same key. */
export interface StoppedAlert {
  readonly item: SignalToStore;
  readonly alert: Alert;
}

/** What became of an alert that stopped. */
export interface StoppedResult {
  readonly incidentId: string | null;
  readonly outcome: "resolved" | "nothing_to_resolve";
  /** In words for people. */
  readonly reason: string;
}

/**
 * Resolves the incidents of alerts that their sender says have stopped, with that as the reason. Two statements for any
 * number. A notification about an older firing than the newest known one came late and resolves nothing; an incident that
 * was resolved before stays as it is. Needs a transaction.
 * @returns in the order of the alerts.
 */
export async function resolveAlerts(
  tx: Transaction<DB>,
  stopped: readonly StoppedAlert[],
  sender: string,
): Promise<readonly StoppedResult[]> {
  if (stopped.length === 0) return [];
  const known = await findStanding(
    tx,
    stopped.map(({ item }) => item),
  );
  const moves = new Map<string, { incidentId: string; reason: string; details: Record<string, unknown> }>();
  const results = stopped.map(({ alert }, index): StoppedResult => {
    const incident = known.get(index + 1);
    if (incident === undefined) return nothing(null, "It stopped, and no incident was ever opened for it.");
    if (incident.status === "resolved") return nothing(incident.id, "Its incident was resolved before.");
    if (incident.began_at !== null && alert.startsAt < incident.began_at)
      return nothing(incident.id, `It fired again at ${incident.began_at.toISOString()}: this one came late.`);
    const endedAt = alert.endsAt?.toISOString() ?? null;
    const reason = `${sender} says that the alert stopped${endedAt === null ? "" : ` at ${endedAt}`}.`;
    moves.set(incident.id, { incidentId: incident.id, reason, details: { fingerprint: alert.fingerprint, endedAt } });
    return { incidentId: incident.id, outcome: "resolved", reason };
  });
  if (moves.size === 0) return results;
  const moved = await moveIncidents(tx, {
    to: "resolved",
    actor: { type: "integration", id: sender },
    moves: [...moves.values()],
  });
  return results.map((result) =>
    result.outcome === "resolved" && result.incidentId !== null && !moved.has(result.incidentId)
      ? nothing(result.incidentId, "Its incident was resolved by somebody else in the same moment.")
      : result,
  );
}

function nothing(incidentId: string | null, reason: string): StoppedResult {
  return { incidentId, outcome: "nothing_to_resolve", reason };
}

interface Standing {
  readonly position: number;
  readonly id: string;
  readonly status: string;
  readonly began_at: Date | null;
}

/** The incidents that own these fingerprints, by position from 1, with the beginning of their newest firing. */
async function findStanding(
  tx: Transaction<DB>,
  items: readonly SignalToStore[],
): Promise<ReadonlyMap<number, Standing>> {
  const { rows } = await sql<Standing>`
    SELECT s.position::int AS position, i.id, i.status, o.began_at
    FROM unnest(${items.map(({ projectId }) => projectId)}::uuid[], ${items.map(({ signal }) => signal.environment)}::text[],
      ${items.map(({ fingerprint }) => fingerprint.version)}::smallint[], ${items.map(({ fingerprint }) => fingerprint.hash)}::bytea[])
      WITH ORDINALITY AS s(project_id, environment, version, fingerprint, position)
    JOIN incident_fingerprints f USING (project_id, environment, version, fingerprint)
    JOIN incidents i ON i.id = f.incident_id
    LEFT JOIN LATERAL (
      SELECT max(occurred_at) AS began_at FROM incident_occurrences WHERE incident_id = i.id AND door = 'alert'
    ) o ON true`.execute(tx);
  return new Map(rows.map((row) => [Number(row.position), row]));
}
