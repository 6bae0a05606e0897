import { sql, type Transaction } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { moveIncidents, system } from "../../incident/index.ts";
import { reconsiderSuppressed } from "../gate/gate-incidents.ts";
import { firingKey, type Sighting } from "./look-at-streams.ts";
import { openTrigger, type SentinelDeps } from "./open-trigger.ts";
import type { TriggerFacts } from "./trigger-facts.ts";
import { keyOf, type WatchedStream } from "./watched-streams.ts";

/** Firings opened in one look at a project; a storm goes on at the next. */
const OPENED_MAX = 50;
/** What nothing is told of for so long is over. */
const SILENT_MS = 3_600_000;
const QUIET_MAX_S = 3_600;
const FLAP_WINDOW_MS = 3_600_000;

/*
 * The life of a trigger.
 *
 *   (none) ──holds for long enough──▶ firing ──holds no more──▶ firing, quiet ──quiet for long enough──▶ resolved
 *                                        ▲                           │
 *                                        └───────holds again─────────┘
 *
 * How long is long enough doubles with each firing of the same stream within an hour, up to an hour, so that what flaps is one
 * firing and not twenty. Where telemetry says too little, neither begins nor ends anything; after an hour of silence it is over.
 * An incident that only triggers opened is resolved when all of them are, unless the gate or the runner is at work on it.
 */

/** A firing that stands. */
export interface StandingTrigger {
  readonly triggerId: string;
  readonly key: string;
  readonly facts: TriggerFacts;
  readonly lastSeenAt: Date;
  readonly quietSince: Date | null;
  /** Firings of the same stream within the last hour, this one included. */
  readonly firingsLately: number;
}

/** The firings of a project that stand, by `firingKey`. */
export async function loadStanding(
  { database, now }: SentinelDeps,
  projectId: string,
): Promise<ReadonlyMap<string, StandingTrigger>> {
  const since = new Date(now().getTime() - FLAP_WINDOW_MS);
  const { rows } = await sql<{
    trigger_id: string;
    detector: string;
    service_key: string;
    environment: string;
    route: string;
    facts: TriggerFacts;
    last_seen_at: Date;
    quiet_since: Date | null;
    firings: string;
  }>`
    SELECT t.trigger_id, t.detector, t.service_key, t.environment, t.route, t.facts, t.last_seen_at, t.quiet_since,
      (SELECT count(*) FROM incident_triggers o WHERE o.project_id = t.project_id AND o.incident_id = t.incident_id
        AND o.detector = t.detector AND o.service_key = t.service_key AND o.route = t.route AND o.fired_at >= ${since}) AS firings
    FROM incident_triggers t WHERE t.project_id = ${projectId} AND t.status = 'firing'`.execute(database.db);
  return new Map(
    rows.map((row) => {
      const place = { serviceKey: row.service_key, environment: row.environment, route: row.route };
      const key = firingKey(row.detector, place);
      return [
        key,
        {
          ...{ triggerId: row.trigger_id, key, facts: row.facts, lastSeenAt: row.last_seen_at },
          ...{ quietSince: row.quiet_since, firingsLately: Number(row.firings) },
        },
      ];
    }),
  );
}

export interface Settled {
  readonly opened: number;
  readonly resolved: number;
  /** Incidents that recovered by themselves. */
  readonly recovered: number;
}

/** Makes of what was seen what it means: firings begin, go on, and end; incidents open, join, and recover. */
export async function settleSightings(
  deps: SentinelDeps,
  projectId: string,
  seen: {
    readonly sightings: readonly Sighting[];
    readonly standing: ReadonlyMap<string, StandingTrigger>;
    readonly streams: ReadonlyMap<string, WatchedStream>;
  },
): Promise<Settled> {
  const byKey = new Map(seen.sightings.map((one) => [firingKey(one.detector.name, one), one]));
  const begun = [...byKey].filter(([key, one]) => one.seen.state === "firing" && !seen.standing.has(key));
  let opened = 0;
  for (const [, sighting] of begun.slice(0, OPENED_MAX))
    if ((await openTrigger(deps, projectId, sighting, seen.streams.get(keyOf(sighting)))) !== null) opened += 1;
  const now = deps.now();
  const changes = [...seen.standing.values()].map((one) => changeOf(one, byKey.get(one.key), now));
  if (changes.length === 0 && opened === 0 && !(await hasTriggers(deps, projectId)))
    return { opened, resolved: 0, recovered: 0 };
  return deps.database.transaction(async (tx) => {
    await updateTriggers(tx, changes);
    const recovered = await recoverIncidents(tx, projectId, now);
    await reconsiderSuppressed(tx, { projectId, investigationsPerMinute: deps.investigationsPerMinute, now });
    if (await isAnyWaiting(tx, projectId)) await deps.queue.enqueue(tx, "gate", { projectId }, { key: projectId });
    return { opened, resolved: changes.filter(({ resolved_at }) => resolved_at !== null).length, recovered };
  });
}

interface TriggerChange {
  readonly trigger_id: string;
  readonly last_seen_at: Date;
  readonly quiet_since: Date | null;
  readonly resolved_at: Date | null;
  readonly facts: TriggerFacts;
}

function changeOf(one: StandingTrigger, sighting: Sighting | undefined, now: Date): TriggerChange {
  const { triggerId: trigger_id, lastSeenAt, facts } = one;
  const state = sighting?.seen.state ?? "unknown";
  const isHeld = sighting !== undefined && sighting.seen.sinceMs !== null;
  if (sighting !== undefined && (state === "firing" || isHeld)) {
    // What was normal when it began stays what is normal.
    const fresh = { ...sighting.facts, baseline: facts.baseline, cpu_ratio: facts.cpu_ratio };
    return { trigger_id, last_seen_at: now, quiet_since: null, resolved_at: null, facts: fresh };
  }
  const isSilent = now.getTime() - lastSeenAt.getTime() >= SILENT_MS;
  if (state === "unknown" && !isSilent)
    return { trigger_id, last_seen_at: lastSeenAt, quiet_since: one.quietSince, resolved_at: null, facts };
  const quietSince = one.quietSince ?? now;
  const settings = sighting?.detector.settings;
  const quietS = Math.min(QUIET_MAX_S, (settings?.resolve_after_s ?? 0) * 2 ** Math.max(0, one.firingsLately - 1));
  const isOver = isSilent || now.getTime() - quietSince.getTime() >= quietS * 1000;
  return {
    ...{ trigger_id, last_seen_at: lastSeenAt, quiet_since: quietSince, facts },
    resolved_at: isOver ? now : null,
  };
}

/** Whether anything may have to be settled: firings of the last day, or what was suppressed by a maintenance that is over. */
async function hasTriggers({ database, now }: SentinelDeps, projectId: string): Promise<boolean> {
  const since = new Date(now().getTime() - 24 * 3_600_000);
  const { rows } = await sql`
    (SELECT 1 FROM incident_triggers WHERE project_id = ${projectId} AND (resolved_at >= ${since} OR status = 'firing') LIMIT 1)
    UNION ALL (SELECT 1 FROM maintenance_windows WHERE project_id = ${projectId} AND ends_at >= ${since} AND ends_at <= ${now()} LIMIT 1)`.execute(
    database.db,
  );
  return rows.length > 0;
}

/** Writes what became of firings. One that goes on is seen: so is its incident. */
async function updateTriggers(tx: Transaction<DB>, changes: readonly TriggerChange[]): Promise<void> {
  if (changes.length === 0) return;
  await sql`
    UPDATE incident_triggers t SET last_seen_at = r.last_seen_at, quiet_since = r.quiet_since, resolved_at = r.resolved_at, facts = r.facts,
      status = CASE WHEN r.resolved_at IS NULL THEN 'firing' ELSE 'resolved' END
    FROM jsonb_to_recordset(${JSON.stringify(changes)}::jsonb)
      AS r(trigger_id uuid, last_seen_at timestamptz, quiet_since timestamptz, resolved_at timestamptz, facts jsonb)
    WHERE t.trigger_id = r.trigger_id AND t.status = 'firing'`.execute(tx);
  await sql`
    UPDATE incident_counters c SET last_seen_at = s.seen_at FROM (
      SELECT t.incident_id, max(t.last_seen_at) AS seen_at FROM incident_triggers t
      WHERE t.trigger_id = ANY(${changes.map(({ trigger_id }) => trigger_id)}::uuid[]) AND t.quiet_since IS NULL GROUP BY 1) s
    WHERE c.incident_id = s.incident_id AND c.last_seen_at < s.seen_at`.execute(tx);
}

/**
 * Resolves incidents that stand because of triggers alone and whose triggers are all over. What is open waits for the gate, which
 * has its word first; what is being investigated or repaired is left to that. One that somebody reopened afterwards stays.
 */
async function recoverIncidents(tx: Transaction<DB>, projectId: string, now: Date): Promise<number> {
  const { rows } = await sql<{ id: string; began_at: Date; until_at: Date; triggers: string }>`
    SELECT i.id, min(t.began_at) AS began_at, max(coalesce(t.quiet_since, t.last_seen_at)) AS until_at, count(*) AS triggers
    FROM incident_triggers t JOIN incidents i ON i.id = t.incident_id
    WHERE t.project_id = ${projectId} AND i.status IN ('suppressed', 'diagnosed', 'failed', 'agent_failed')
    GROUP BY i.id
    HAVING bool_and(t.status = 'resolved') AND bool_or(t.is_opener)
      AND max(t.resolved_at) >= ${new Date(now.getTime() - 24 * 3_600_000)}
      AND NOT EXISTS (SELECT 1 FROM incident_decisions d WHERE d.incident_id = i.id AND d.decision = 'reopened' AND d.decided_at > max(t.resolved_at))
      AND NOT EXISTS (SELECT 1 FROM incident_occurrences o WHERE o.incident_id = i.id AND o.door <> 'alert')`.execute(
    tx,
  );
  if (rows.length === 0) return 0;
  const moved = await moveIncidents(tx, {
    ...{ to: "resolved", actor: system, at: now, policyVersion: "sentinel/1" },
    moves: rows.map(({ id, began_at, until_at }) => ({
      incidentId: id,
      reason: `It recovered by itself: what its detectors saw was over at ${until_at.toISOString()}.`,
      details: { recovered: true, began_at: began_at.toISOString(), until: until_at.toISOString() },
    })),
  });
  const windows = rows.filter(({ id }) => moved.has(id)).map(({ id, until_at }) => ({ id, until_at }));
  await sql`
    UPDATE incidents i SET window_end = greatest(i.window_end, r.until_at)
    FROM jsonb_to_recordset(${JSON.stringify(windows)}::jsonb) AS r(id uuid, until_at timestamptz) WHERE i.id = r.id`.execute(
    tx,
  );
  return moved.size;
}

/** Whether telemetry waits for the gate: to have lasted, or for its end to be decided about. */
async function isAnyWaiting(tx: Transaction<DB>, projectId: string): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM incidents i WHERE i.project_id = ${projectId} AND i.status = 'open'
      AND EXISTS (SELECT 1 FROM incident_triggers t WHERE t.incident_id = i.id AND t.is_opener) LIMIT 1`.execute(tx);
  return rows.length > 0;
}
