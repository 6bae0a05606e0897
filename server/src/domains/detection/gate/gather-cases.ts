import type { GatePolicy, GateSource, Severity, TriggerType } from "@culprit/contract";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { GateCase, GateChange, GateTrigger } from "../../../analysis/gate/gate-case.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import type { TriggerFacts } from "../sentinel/trigger-facts.ts";

/** A case with whose it is. */
export interface GatheredCase extends GateCase {
  readonly incidentId: string;
  readonly publicId: string;
  readonly title: string;
  /** What the gate, or a person, decided first; null where nobody has. */
  readonly actual: { readonly decision: "approved" | "suppressed"; readonly at: Date } | null;
}

/** Which incidents, and as of when: now, or as they were when they were decided about. */
export type GatheredFrom =
  | { readonly incidentIds: readonly string[]; readonly now: Date }
  | { readonly since: Date; readonly incidentsMax: number };

interface CaseRow {
  id: string;
  incident_id: string;
  title: string;
  source: string;
  /** A bare 5xx that spans tell of: an answer that was counted, and no exception. */
  is_answer: boolean;
  severity: Severity;
  began_at: Date;
  decided_at: Date;
  actual: "approved" | "suppressed" | null;
  actual_at: Date | null;
  trigger_type: TriggerType | null;
  trigger_began_at: Date | null;
  trigger_until: Date | null;
  trigger_is_over: boolean | null;
  facts: TriggerFacts | null;
  changes: { kind: "deployment" | "config"; id: string; at: number; title: string }[];
  maintenance_reason: string | null;
  maintenance_ends_at: Date | null;
  duplicate_id: string | null;
  duplicate_title: string | null;
  recoveries: number;
  /** Null where single slow requests are not what failed. */
  slow_requests: number | null;
}

/**
 * Everything that a policy's rules look at, for many incidents of a project by one statement. On history each is seen as of its first
 * decision, and a firing with the length and slow requests with the number that they came to have, so that the answer is what the policy would
 * have come to.
 */
export async function gatherCases(
  db: Kysely<DB>,
  projectId: string,
  policy: GatePolicy,
  from: GatheredFrom,
): Promise<readonly GatheredCase[]> {
  const isLive = "now" in from;
  const chosen = isLive
    ? sql`i.id = ANY(${[...from.incidentIds]}::uuid[])`
    : sql`i.created_at >= ${from.since} AND i.environment <> 'culprit-itself'`;
  const { rows } = await sql<CaseRow>`
    WITH base AS MATERIALIZED (
      SELECT i.id, i.incident_id, i.title, i.source, (i.source = 'otlp' AND i.detector IN ('http_error', 'latency') AND i.error_type IS NULL) AS is_answer, ${isLatency} AS is_latency, i.severity, i.service_id, i.environment, i.created_at, s.service_name,
        f.decision AS actual, f.decided_at AS actual_at, ${isLive ? sql`${from.now}::timestamptz` : sql`coalesce(f.decided_at, i.created_at)`} AS decided_at,
        t.trigger_type, t.began_at AS trigger_began_at, coalesce(t.quiet_since, t.last_seen_at) AS trigger_until,
        (t.status = 'resolved' OR t.quiet_since IS NOT NULL) AS trigger_is_over, t.facts,
        coalesce(t.began_at, r.reopened_at, i.created_at) AS began_at
      FROM incidents i
      LEFT JOIN services s ON s.service_id = i.service_id
      LEFT JOIN LATERAL (
        SELECT decision, decided_at FROM incident_decisions d WHERE d.incident_id = i.id AND d.decision IN ('approved', 'suppressed')
        ORDER BY ${isLive ? sql`` : sql`(${isLatency} AND d.decision = 'approved') DESC,`} decided_at, decision_id LIMIT 1
      ) f ON true
      LEFT JOIN LATERAL (
        SELECT max(decided_at) AS reopened_at FROM incident_decisions d WHERE d.incident_id = i.id AND d.decision = 'reopened'
          AND ${isLive ? sql`true` : sql`d.decided_at <= coalesce(f.decided_at, i.created_at)`}
      ) r ON true
      LEFT JOIN LATERAL (
        SELECT * FROM incident_triggers t WHERE t.incident_id = i.id AND t.is_opener
        ORDER BY ${isLive ? sql`(t.status = 'firing') DESC, t.fired_at DESC` : sql`t.fired_at`} LIMIT 1
      ) t ON true
      WHERE i.project_id = ${projectId} AND ${chosen}
      ORDER BY i.created_at DESC LIMIT ${isLive ? sql`ALL` : sql`${from.incidentsMax}`}
    )
    SELECT b.*, coalesce(c.changes, '[]') AS changes, m.reason AS maintenance_reason, m.ends_at AS maintenance_ends_at,
      d.incident_id AS duplicate_id, d.title AS duplicate_title, coalesce(h.recoveries, 0)::int AS recoveries, q.slow_requests
    FROM base b
    LEFT JOIN LATERAL (${changesNear(projectId, policy)}) c ON true
    LEFT JOIN LATERAL (
      SELECT w.reason, w.ends_at FROM maintenance_windows w
      WHERE w.project_id = ${projectId} AND b.began_at >= w.starts_at AND b.began_at < w.ends_at AND b.decided_at < w.ends_at
        AND (w.service IS NULL OR w.service = b.service_name) AND (w.environment IS NULL OR w.environment = b.environment)
      ORDER BY w.ends_at DESC LIMIT 1
    ) m ON true
    LEFT JOIN LATERAL (${duplicateOf(projectId, policy, isLive)}) d ON b.trigger_type IS NOT NULL
    LEFT JOIN LATERAL (
      SELECT count(*) AS recoveries FROM incident_decisions x
      WHERE x.incident_id = b.id AND x.decision = 'resolved' AND (x.details ? 'recovered' OR x.details ? 'endedAt')
        AND x.decided_at > b.decided_at - make_interval(days => ${policy.flakiness.days}::int) AND x.decided_at < b.decided_at
    ) h ON true
    LEFT JOIN LATERAL (${slowRequests(policy, isLive)}) q ON b.is_latency
    ORDER BY b.created_at, b.id`.execute(db);
  return rows.map(toCase);
}

/** Deployments and config changes of the service, or of nobody in particular, in the window before it began. */
function changesNear(projectId: string, { change_window_s }: GatePolicy): RawBuilder<unknown> {
  const isNear = (column: string) =>
    sql`${sql.ref(column)} <= b.began_at AND ${sql.ref(column)} > b.began_at - make_interval(secs => ${change_window_s}::int)`;
  return sql`
    SELECT json_agg(json_build_object('kind', n.kind, 'id', n.id, 'at', extract(epoch FROM n.at) * 1000, 'title', n.title)
      ORDER BY n.at DESC) AS changes
    FROM (
      (SELECT 'deployment' AS kind, e.deployment_event_id AS id, e.started_at AS at,
        'revision ' || left(coalesce(e.commit_sha, e.revision, e.release, 'unknown'), 12) AS title
      FROM deployment_events e WHERE e.project_id = ${projectId} AND e.environment = b.environment
        AND (b.service_id IS NULL OR e.service_id = b.service_id) AND ${isNear("e.started_at")}
      ORDER BY e.started_at DESC LIMIT 5)
      UNION ALL
      (SELECT 'config', g.config_change_id, g.detected_at, 'a change of ' || left(g.resource_name, 100)
      FROM config_change_events g WHERE g.project_id = ${projectId} AND g.environment = b.environment
        AND (g.service_id IS NULL OR b.service_id IS NULL OR g.service_id = b.service_id) AND ${isNear("g.detected_at")}
      ORDER BY g.detected_at DESC LIMIT 5)
    ) n`;
}

/** An incident of the same service that is looked after, or will be: of errors any, of telemetry an older one. */
function duplicateOf(projectId: string, { duplicate_window_s }: GatePolicy, isLive: boolean): RawBuilder<unknown> {
  const isLookedAfter = isLive
    ? sql`j.status NOT IN ('resolved', 'suppressed')`
    : sql`EXISTS (SELECT 1 FROM incident_decisions a WHERE a.incident_id = j.id AND a.decision = 'approved')`;
  return sql`
    SELECT j.incident_id, j.title FROM incidents j
    WHERE j.project_id = ${projectId} AND j.service_id = b.service_id AND j.environment = b.environment AND j.id <> b.id
      AND j.severity <> 'low' AND ${isLookedAfter}
      AND j.created_at > b.began_at - make_interval(secs => ${duplicate_window_s}::int) AND j.created_at <= b.decided_at
      AND (j.source <> 'alert' OR (j.created_at, j.id) < (b.created_at, b.id))
    ORDER BY j.created_at LIMIT 1`;
}

/** What spans told of that was slow, and no exception has explained. */
const isLatency = sql`(i.source = 'otlp' AND i.detector = 'latency' AND i.error_type IS NULL)`;
/** The newest slow requests that are counted. */
const SLOW_MAX = 1_000;

/** The most that were slow within the window, by the senders' clocks; now, of what came within it by ours. */
function slowRequests({ latency: { window_s } }: GatePolicy, isLive: boolean): RawBuilder<unknown> {
  const window = sql`make_interval(secs => ${window_s}::int)`;
  return sql`
    SELECT coalesce(max(w.requests), 0)::int AS slow_requests FROM (
      SELECT count(*) OVER (ORDER BY r.occurred_at RANGE BETWEEN ${window} PRECEDING AND CURRENT ROW) AS requests
      FROM (
        SELECT DISTINCT ON (coalesce(n.trace_id, n.event_id::text)) n.occurred_at FROM (
          SELECT o.trace_id, o.event_id, o.occurred_at FROM incident_occurrences o
          WHERE o.incident_id = b.id AND o.received_at > ${isLive ? sql`b.decided_at - ${window}` : sql`b.created_at - ${window}`}
          ORDER BY o.received_at DESC LIMIT ${sql.lit(SLOW_MAX)}) n
        ORDER BY coalesce(n.trace_id, n.event_id::text), n.occurred_at) r) w`;
}

function toCase(row: CaseRow): GatheredCase {
  return {
    incidentId: row.id,
    publicId: row.incident_id,
    title: row.title,
    source: sourceOf(row),
    severity: row.severity,
    beganAt: row.began_at.getTime(),
    decidedAt: row.decided_at.getTime(),
    trigger: triggerOf(row),
    changes: row.changes.map((one): GateChange => ({ ...one, at: Number(one.at) })),
    maintenance:
      row.maintenance_reason === null || row.maintenance_ends_at === null
        ? null
        : { reason: row.maintenance_reason, endsAt: row.maintenance_ends_at.getTime() },
    duplicateOf: row.duplicate_id === null ? null : { incidentId: row.duplicate_id, title: row.duplicate_title ?? "" },
    recoveries: row.recoveries,
    slowRequests: row.slow_requests,
    actual: row.actual === null || row.actual_at === null ? null : { decision: row.actual, at: row.actual_at },
  };
}

function sourceOf({ source, trigger_type, is_answer }: CaseRow): GateSource {
  if (trigger_type !== null || is_answer) return "telemetry";
  return source === "alert" || source === "kubernetes" ? source : "errors";
}

function triggerOf({
  trigger_type,
  trigger_began_at,
  trigger_until,
  trigger_is_over,
  facts,
}: CaseRow): GateTrigger | null {
  if (trigger_type === null || trigger_began_at === null || trigger_until === null) return null;
  return {
    type: trigger_type,
    text: facts?.text ?? "",
    lastedMs: Math.max(0, trigger_until.getTime() - trigger_began_at.getTime()),
    isOver: trigger_is_over ?? false,
    requestsPerMinute: facts?.requests_per_minute ?? null,
    trafficRatio: facts?.traffic_ratio ?? null,
    errorRatio: facts?.error_ratio ?? null,
    cpuRatio: facts?.cpu_ratio ?? null,
  };
}
