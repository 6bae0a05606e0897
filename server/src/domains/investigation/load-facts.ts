import type { ExceptionInfo, StackFrame } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import { serviceOfProject } from "../../analysis/signal/index.ts";
import type {
  WorldConfigChange,
  WorldLikeIncident,
  WorldRevision,
  WorldTraceMate,
} from "../../analysis/world/world.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../platform/ids/ids.ts";
import { loadParts } from "../incident/index.ts";
import { lastWords } from "./learning/last-words.ts";

/** What the database knows of an incident. A fixed number of statements, whatever the incident's size. */
export interface IncidentFacts {
  readonly id: string;
  readonly projectId: string;
  readonly serviceId: string | null;
  readonly serviceName: string | null;
  readonly environment: string;
  readonly title: string;
  readonly exceptions: readonly ExceptionInfo[];
  /** Where these show no code of the project: frames that do, of what was found to be a part of the incident. */
  readonly partFrames: readonly StackFrame[];
  readonly payload: Readonly<Record<string, unknown>>;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly occurrences: number;
  readonly isRegression: boolean;
  readonly firstCommit: string | null;
  readonly firstRelease: string | null;
  readonly byRevision: readonly { commitSha: string | null; release: string | null; count: number; firstAt: string }[];
}

interface IncidentRow {
  project_id: string;
  service_id: string | null;
  service_name: string | null;
  environment: string;
  title: string;
  error_type: string | null;
  error_message: string;
  frames: StackFrame[];
  occurred_at: Date;
  is_regression: boolean;
  /** Whether an exception that came later explains what it was opened by. */
  is_explained: boolean;
  commit_sha: string | null;
  release: string | null;
  occurrence_count: string | null;
  first_seen_at: Date | null;
  last_seen_at: Date | null;
  reopened_at: Date | null;
  /** When the occurrence came in that reopened it; null where a person did. */
  came_back_at: Date | null;
}

/** @throws CulpritError NOT_FOUND when there is no such incident. */
export async function loadIncidentFacts(db: Kysely<DB>, incidentId: string): Promise<IncidentFacts> {
  const { rows } = await sql<IncidentRow>`
    SELECT i.project_id, i.service_id, s.service_name, i.environment, i.title, i.error_type, i.error_message, i.frames, i.occurred_at, i.is_regression,
      EXISTS (SELECT 1 FROM incident_decisions d WHERE d.incident_id = i.id AND d.policy_version = 'trace/1') AS is_explained,
      i.commit_sha, i.release, c.occurrence_count, c.first_seen_at, c.last_seen_at,
      (SELECT max(decided_at) FROM incident_decisions d WHERE d.incident_id = i.id AND d.decision = 'reopened') AS reopened_at,
      (SELECT max(received_at) FROM incident_occurrences o WHERE o.incident_id = i.id AND o.reason = 'reopened') AS came_back_at
    FROM incidents i LEFT JOIN services s ON s.service_id = i.service_id LEFT JOIN incident_counters c ON c.incident_id = i.id
    WHERE i.id = ${incidentId}`.execute(db);
  const row = rows[0];
  if (row === undefined) throw new CulpritError("NOT_FOUND", `There is no incident ${toPublicId("inc", incidentId)}.`);
  const isRegression = row.is_regression && row.reopened_at !== null;
  const seenAt = row.first_seen_at ?? row.occurred_at;
  const from =
    isRegression && row.reopened_at !== null
      ? (row.came_back_at ?? new Date(row.reopened_at.getTime() - 60_000))
      : new Date(seenAt.getTime() - 1_000);
  const [first, byRevision] = await Promise.all([
    loadFirstOccurrence(db, incidentId, from, { ...row, is_explained: row.is_explained && !isRegression }),
    loadByRevision(db, incidentId, from),
  ]);
  const payload = first?.payload ?? {};
  const exceptions = exceptionsOf(payload, row);
  // A sender's clock that is off by more than an hour is not believed.
  const occurredAt = first?.occurred_at ?? row.occurred_at;
  const receivedAt = first?.received_at ?? seenAt;
  const lagMs = receivedAt.getTime() - occurredAt.getTime();
  return {
    id: incidentId,
    projectId: row.project_id,
    serviceId: row.service_id,
    serviceName: row.service_name,
    environment: row.environment,
    title: row.title,
    exceptions,
    partFrames: exceptions.some(({ frames }) => frames.some(({ isInApp }) => isInApp))
      ? []
      : await loadPartFrames(db, incidentId, row.service_id),
    payload,
    firstAt: lagMs >= 0 && lagMs < 3_600_000 ? occurredAt : receivedAt,
    lastAt: row.last_seen_at ?? row.occurred_at,
    // Of a regression this episode counts, which began when it came back.
    occurrences: isRegression ? byRevision.reduce((sum, one) => sum + one.count, 0) : Number(row.occurrence_count ?? 1),
    isRegression,
    // What an earlier investigation concluded stands in the row; only what the signals said is a fact.
    firstCommit: first === undefined || first === null ? row.commit_sha : first.commit_sha,
    firstRelease: first?.release ?? row.release,
    byRevision,
  };
}

/** Exceptions of the first occurrence, causes last. A kept payload leaves out the first one's frames: the incident has them. */
function exceptionsOf(payload: Readonly<Record<string, unknown>>, row: IncidentRow): ExceptionInfo[] {
  const stored: unknown[] = Array.isArray(payload.exceptions) ? payload.exceptions : [];
  const found = stored.map((one, index): ExceptionInfo => {
    const { type, message, frames } = (one ?? {}) as { type?: unknown; message?: unknown; frames?: unknown };
    return {
      type: typeof type === "string" ? type : "",
      message: typeof message === "string" ? message : "",
      frames: Array.isArray(frames) ? (frames as StackFrame[]) : index === 0 ? row.frames : [],
    };
  });
  return found.length > 0 ? found : [{ type: row.error_type ?? "", message: row.error_message, frames: row.frames }];
}

/** Frames of the part that shows the project's code: one of the incident's own service, else that which failed first. */
async function loadPartFrames(
  db: Kysely<DB>,
  incidentId: string,
  serviceId: string | null,
): Promise<readonly StackFrame[]> {
  const parts = await loadParts(db, incidentId);
  if (parts.length === 0) return [];
  const { rows } = await sql<{ frames: StackFrame[] }>`
    SELECT frames FROM incidents WHERE id = ANY(${parts.map(({ id }) => id)}::uuid[]) AND frames @> '[{"isInApp": true}]'
    ORDER BY service_id IS NOT DISTINCT FROM ${serviceId}::uuid DESC, occurred_at, id LIMIT 1`.execute(db);
  return rows[0]?.frames ?? [];
}

interface FirstOccurrence {
  occurred_at: Date;
  received_at: Date;
  commit_sha: string | null;
  release: string | null;
  payload: Record<string, unknown> | null;
}

async function loadFirstOccurrence(
  db: Kysely<DB>,
  incidentId: string,
  from: Date,
  { error_type: type, error_message: message, is_explained: isExplained }: IncidentRow,
): Promise<FirstOccurrence | undefined> {
  // The first with a payload tells what failed; the earliest of a handful tells when and on which revision.
  const { rows } = await sql<FirstOccurrence>`
    SELECT occurred_at, received_at, commit_sha, release, payload FROM incident_occurrences
    WHERE incident_id = ${incidentId} AND received_at >= ${from} ORDER BY received_at LIMIT 20`.execute(db);
  const earliest = [...rows].sort((a, b) => a.occurred_at.getTime() - b.occurred_at.getTime())[0];
  if (earliest === undefined) return undefined;
  const isTold = (row: FirstOccurrence) => Array.isArray(row.payload?.exceptions) && row.payload.exceptions.length > 0;
  const told =
    (isExplained ? await loadExplaining(db, incidentId, from, { type, message }) : undefined) ??
    rows.find(isTold) ??
    (type !== null ? await loadExplaining(db, incidentId, from) : undefined) ??
    rows.find((row) => row.payload !== null);
  const named =
    earliest.commit_sha === null && earliest.release === null
      ? rows.find((row) => row.commit_sha !== null || row.release !== null)
      : earliest;
  return {
    ...earliest,
    payload: told?.payload ?? null,
    commit_sha: named?.commit_sha ?? null,
    release: named?.release ?? null,
  };
}

/** The first kept payload with an exception, or with that one: many requests of callers may have come before it. */
async function loadExplaining(
  db: Kysely<DB>,
  incidentId: string,
  from: Date,
  exception?: { readonly type: string | null; readonly message: string },
): Promise<FirstOccurrence | undefined> {
  const { rows } = await sql<FirstOccurrence>`
    SELECT occurred_at, received_at, commit_sha, release, payload FROM incident_occurrences
    WHERE incident_id = ${incidentId} AND received_at >= ${from} AND payload IS NOT NULL AND payload -> 'exceptions' -> 0 IS NOT NULL
      ${exception === undefined ? sql`` : sql`AND payload -> 'exceptions' -> 0 ->> 'type' = ${exception.type} AND payload -> 'exceptions' -> 0 ->> 'message' = ${exception.message}`}
    ORDER BY received_at LIMIT 1`.execute(db);
  return rows[0];
}

async function loadByRevision(db: Kysely<DB>, incidentId: string, from: Date): Promise<IncidentFacts["byRevision"]> {
  const { rows } = await sql<{ commit_sha: string | null; release: string | null; count: string; first_at: Date }>`
    SELECT commit_sha, release, count(*) AS count, min(occurred_at) AS first_at FROM incident_occurrences
    WHERE incident_id = ${incidentId} AND received_at >= ${from} GROUP BY 1, 2 ORDER BY 4 LIMIT 50`.execute(db);
  return rows.map((row) => ({
    commitSha: row.commit_sha,
    release: row.release,
    count: Number(row.count),
    firstAt: row.first_at.toISOString(),
  }));
}

export interface RevisionRow extends WorldRevision {
  readonly id: string;
  readonly serviceId: string;
  readonly serviceName: string;
}

/**
 * The timeline that the incident's service stands on, oldest first. Where no signal named the service, it is the one called
 * like the project. A service without reports of its own takes that of the project's `default` service, or of the only one
 * there is: deployments are often reported without a service's name.
 */
export async function loadTimeline(db: Kysely<DB>, facts: IncidentFacts): Promise<RevisionRow[]> {
  const { rows } = await sql<{
    id: string;
    service_id: string;
    service_name: string;
    project_name: string;
    commit_sha: string | null;
    release: string | null;
    from_at: Date;
    to_at: Date | null;
    mapping_confidence: number;
    mapping_source: string;
    deployment_event_id: string | null;
    is_reported: boolean;
  }>`
    SELECT r.id, r.service_id, s.service_name, p.name AS project_name, r.commit_sha, r.release, r.from_at, r.to_at, r.mapping_confidence, r.mapping_source, r.deployment_event_id,
      coalesce(d.origin = 'reported', false) AS is_reported
    FROM service_revisions r JOIN services s USING (service_id) JOIN projects p ON p.id = r.project_id LEFT JOIN deployment_events d ON d.deployment_event_id = r.deployment_event_id
    WHERE r.project_id = ${facts.projectId} AND r.environment = ${facts.environment} AND r.from_at <= ${new Date(facts.firstAt.getTime() + 60_000)}
    ORDER BY r.from_at DESC LIMIT 300`.execute(db);
  const reported = rows.filter((row) => row.is_reported);
  const namesake = reported.find((row) => serviceOfProject(row.service_name) === serviceOfProject(row.project_name));
  const ownId = facts.serviceId ?? namesake?.service_id;
  const own = rows.filter((row) => row.service_id === ownId);
  const shared = reported.filter((row) => row.service_name === "default");
  const reportedServices = new Set(reported.map((row) => row.service_id));
  const stand = own.some((row) => row.is_reported)
    ? own
    : shared.length > 0
      ? rows.filter((row) => row.service_id === shared[0]?.service_id)
      : reportedServices.size === 1 && (facts.serviceId === null || own.length === 0)
        ? rows.filter((row) => reportedServices.has(row.service_id))
        : own.length > 0
          ? own
          : new Set(rows.map((row) => row.service_id)).size === 1
            ? rows
            : [];
  return stand
    .slice(0, 100)
    .reverse()
    .map((row) => ({
      id: row.id,
      serviceId: row.service_id,
      serviceName: row.service_name,
      commitSha: row.commit_sha,
      release: row.release,
      fromAt: row.from_at.toISOString(),
      toAt: row.to_at?.toISOString() ?? null,
      mappingConfidence: row.mapping_confidence,
      mappingSource: row.mapping_source,
      deploymentEventId: row.deployment_event_id,
    }));
}

/** Config changes of the day before the failure, of its service or of none in particular, newest first. */
export async function loadConfigChanges(
  db: Kysely<DB>,
  facts: IncidentFacts,
): Promise<Omit<WorldConfigChange, "watchBefore">[]> {
  const { rows } = await sql<{
    config_change_id: string;
    detected_at: Date;
    source: string;
    change_kind: string;
    resource_name: string;
    actor: string | null;
    diff_payload: { changes?: unknown[] };
  }>`
    SELECT c.config_change_id, c.detected_at, c.source, c.change_kind, c.resource_name, c.actor, c.diff_payload
    FROM config_change_events c LEFT JOIN services s ON s.service_id = c.service_id
    WHERE c.project_id = ${facts.projectId} AND c.environment = ${facts.environment}
      AND c.detected_at BETWEEN ${new Date(facts.firstAt.getTime() - 86_400_000)} AND ${new Date(facts.firstAt.getTime() + 5_000)}
      AND (c.service_id IS NULL OR c.service_id = ${facts.serviceId} OR s.service_name = 'default' OR ${facts.serviceId}::uuid IS NULL)
    ORDER BY c.detected_at DESC LIMIT 50`.execute(db);
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 300);
  return rows.map((row) => ({
    id: row.config_change_id,
    detectedAt: row.detected_at.toISOString(),
    source: row.source,
    kind: row.change_kind,
    resource: row.resource_name,
    actor: row.actor,
    fields: (row.diff_payload.changes ?? []).flatMap((change) => {
      const { field, is_secret, old_value, new_value } = change as {
        field?: unknown;
        is_secret?: unknown;
        old_value?: unknown;
        new_value?: unknown;
      };
      if (typeof field !== "string") return [];
      return [
        {
          field,
          isSecret: is_secret === true,
          oldValue: old_value == null ? null : text(old_value),
          newValue: new_value == null ? null : text(new_value),
        },
      ];
    }),
  }));
}

/** Other incidents with the same error, and other failures in the same requests. */
export async function loadCompany(
  db: Kysely<DB>,
  facts: IncidentFacts,
): Promise<{ alike: WorldLikeIncident[]; traceMates: WorldTraceMate[] }> {
  const [alike, mates] = await Promise.all([
    sql<{
      id: string;
      title: string;
      first_seen_at: Date;
      last_seen_at: Date;
      culprit_commit: string | null;
      outcomes: WorldLikeIncident["outcomes"];
    }>`
      WITH same AS (
        SELECT i.id, i.title, i.created_at, coalesce(c.first_seen_at, i.occurred_at) AS first_seen_at, coalesce(c.last_seen_at, i.occurred_at) AS last_seen_at, i.culprit_commit
        FROM incidents i LEFT JOIN incident_counters c ON c.incident_id = i.id
        WHERE i.project_id = ${facts.projectId} AND i.environment = ${facts.environment} AND i.id <> ${facts.id} AND i.title = ${facts.title}
          AND i.service_id IS NOT DISTINCT FROM ${facts.serviceId} AND i.frames <> '[]'
        ORDER BY i.created_at DESC LIMIT 10),
      words AS (${lastWords(sql`i.id IN (SELECT id FROM same)`)})
      SELECT same.*, (SELECT coalesce(jsonb_agg(jsonb_build_object('type', w.hypothesis_type, 'pattern', w.pattern, 'isConfirmed', w.is_confirmed)
          ORDER BY w.judged_at, w.subject), '[]') FROM words w WHERE w.incident_id = same.id) AS outcomes
      FROM same ORDER BY same.created_at DESC`.execute(db),
    sql<{ title: string; error_message: string; service_name: string | null }>`
      SELECT DISTINCT o.title, o.error_message, s.service_name
      FROM (SELECT trace_id FROM incident_traces WHERE project_id = ${facts.projectId} AND incident_id = ${facts.id} LIMIT 20) t
      JOIN incident_traces x ON x.project_id = ${facts.projectId} AND x.trace_id = t.trace_id AND x.incident_id <> ${facts.id}
      JOIN incidents o ON o.id = x.incident_id LEFT JOIN services s ON s.service_id = o.service_id
      WHERE o.service_id IS DISTINCT FROM ${facts.serviceId} LIMIT 10`.execute(db),
  ]);
  return {
    alike: alike.rows.map((row) => ({
      id: row.id,
      title: row.title,
      firstSeenAt: row.first_seen_at.toISOString(),
      lastSeenAt: row.last_seen_at.toISOString(),
      culpritCommit: row.culprit_commit,
      outcomes: row.outcomes,
    })),
    traceMates: mates.rows.map((row) => ({ title: row.title, message: row.error_message, service: row.service_name })),
  };
}

/** The paths that somebody declared to be a service's own. */
export async function loadServicePaths(db: Kysely<DB>, serviceId: string | null): Promise<string[]> {
  if (serviceId === null) return [];
  const rows = await db
    .selectFrom("service_paths")
    .select("pattern")
    .where("service_id", "=", serviceId)
    .orderBy("pattern")
    .execute();
  return rows.map(({ pattern }) => pattern);
}
