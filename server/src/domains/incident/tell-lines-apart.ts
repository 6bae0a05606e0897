import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { distinct, type Known } from "./look-up.ts";
import type { Occurrence } from "./occurrence.ts";
import type { SignalToStore } from "./signal-to-store.ts";

/** The signals under the fingerprints that they join by, and those whose failing line their incident is to be known by from now on. */
export interface ToldApart {
  readonly items: readonly SignalToStore[];
  readonly learnt: readonly SignalToStore[];
}

/**
 * Tells failures apart that have one fingerprint and fail at different lines of code. The incident of a fingerprint learns the line of the first signal that
 * tells one, so that what was stored before stays together and senders without lines join it; another line of the same fingerprint is a failure of its own,
 * known by that line.
 */
export function tellLinesApart(fresh: readonly SignalToStore[], { byFingerprint, withLines }: Known): ToldApart {
  const learnt = new Map<string, SignalToStore>();
  const items = fresh.map((item) => {
    const { line, fingerprintKey } = item;
    if (line === null) return item;
    const atLine = { ...item, fingerprint: line.fingerprint, fingerprintKey: line.key };
    if (byFingerprint.has(line.key) || withLines.has(fingerprintKey)) return atLine;
    const first = learnt.get(fingerprintKey);
    if (first === undefined) learnt.set(fingerprintKey, item);
    return first === undefined || first.line?.key === line.key ? item : atLine;
  });
  return { items, learnt: [...learnt.values()] };
}

/** Stores the lines that were learnt, one statement for all; a line that another writer learnt meanwhile is its incident's. */
export async function learnLines(
  tx: Transaction<DB>,
  learnt: readonly SignalToStore[],
  joined: ReadonlyMap<string, Occurrence>,
): Promise<void> {
  const rows = distinct(learnt, ({ line }) => line?.key ?? null).flatMap(({ line, eventKey, projectId, signal }) => {
    const incident = joined.get(eventKey)?.incident;
    if (line === null || incident === undefined) return [];
    return [{ projectId, environment: signal.environment, ...line.fingerprint, incidentId: incident.id }];
  });
  if (rows.length === 0) return;
  await sql`
    INSERT INTO incident_fingerprints (project_id, environment, version, fingerprint, incident_id)
    SELECT * FROM unnest(${rows.map((row) => row.projectId)}::uuid[], ${rows.map((row) => row.environment)}::text[],
      ${rows.map((row) => row.version)}::smallint[], ${rows.map((row) => row.hash)}::bytea[], ${rows.map((row) => row.incidentId)}::uuid[])
    ON CONFLICT DO NOTHING`.execute(tx);
}
