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
 * Resolves the incidents of alerts that their sender says have stopped, with that as the reason: in its environment, or in
 * each where the sender names none. Two statements for any number. A notification about an older firing than the newest known one came late and resolves nothing; an incident that
 * was resolved before stays as it is. Needs a transaction.
 * @returns in the order of the alerts.
 */
export async function resolveAlerts(
  tx: Transaction<DB>,
  stopped: readonly StoppedAlert[],
  sender: string,
): Promise<readonly StoppedResult[]> {
  if (stopped.length === 0) return [];
  const known = await findStanding(tx, stopped);
  const moves = new Map<string, { incidentId: string; reason: string; details: Record<string, unknown> }>();
  const results = stopped.map(({ alert }, index): StoppedResult => {
    const incidents = known.get(index + 1) ?? [];
    const standing = incidents.filter(
      ({ status, began_at: beganAt }) => status !== "resolved" && (beganAt === null || alert.startsAt >= beganAt),
    );
    for (const { id } of standing) moves.set(id, moveOf(id, alert, sender));
    const [first] = standing;
    if (first !== undefined) return { incidentId: first.id, outcome: "resolved", reason: reasonOf(alert, sender) };
    const late = incidents.find(({ status }) => status !== "resolved");
    if (late?.began_at != null)
      return nothing(late.id, `It fired again at ${late.began_at.toISOString()}: this one came late.`);
    const [resolved] = incidents;
    if (resolved === undefined) return nothing(null, "It stopped, and no incident was ever opened for it.");
    return nothing(resolved.id, "Its incident was resolved before.");
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

function moveOf(incidentId: string, alert: Alert, sender: string) {
  const details = { fingerprint: alert.fingerprint, endedAt: alert.endsAt?.toISOString() ?? null };
  return { incidentId, reason: reasonOf(alert, sender), details };
}

function reasonOf({ endsAt }: Alert, sender: string): string {
  return `${sender} says that the alert stopped${endsAt === null ? "" : ` at ${endsAt.toISOString()}`}.`;
}

/** The incidents that own these fingerprints, by position from 1, with the beginning of their newest firing. */
async function findStanding(
  tx: Transaction<DB>,
  stopped: readonly StoppedAlert[],
): Promise<ReadonlyMap<number, readonly Standing[]>> {
  const items = stopped.map(({ item }) => item);
  const environments = stopped.map(({ alert, item }) => (alert.environment === null ? null : item.signal.environment));
  // The environments of the project, one index look-up each: the key of fingerprints begins with project and environment.
  const { rows } = await sql<Standing>`
    WITH RECURSIVE named AS (
      (SELECT environment FROM incident_fingerprints WHERE project_id = ${items[0]?.projectId ?? null}::uuid ORDER BY environment LIMIT 1)
      UNION ALL
      SELECT (SELECT f.environment FROM incident_fingerprints f
        WHERE f.project_id = ${items[0]?.projectId ?? null}::uuid AND f.environment > named.environment ORDER BY f.environment LIMIT 1)
      FROM named WHERE named.environment IS NOT NULL
    )
    SELECT s.position::int AS position, i.id, i.status, o.began_at
    FROM unnest(${items.map(({ projectId }) => projectId)}::uuid[], ${environments}::text[],
      ${items.map(({ fingerprint }) => fingerprint.version)}::smallint[], ${items.map(({ fingerprint }) => fingerprint.hash)}::bytea[])
      WITH ORDINALITY AS s(project_id, environment, version, fingerprint, position)
    JOIN named n ON n.environment = coalesce(s.environment, n.environment)
    JOIN incident_fingerprints f ON f.project_id = s.project_id AND f.environment = n.environment AND f.version = s.version
      AND f.fingerprint = s.fingerprint
    JOIN incidents i ON i.id = f.incident_id
    LEFT JOIN LATERAL (
      SELECT max(occurred_at) AS began_at FROM incident_occurrences WHERE incident_id = i.id AND door = 'alert'
    ) o ON true
    ORDER BY s.position, i.id`.execute(tx);
  const found = new Map<number, Standing[]>();
  for (const row of rows) found.set(Number(row.position), [...(found.get(Number(row.position)) ?? []), row]);
  return found;
}
