import { type Kysely, sql } from "kysely";
import type { WorldRevision, WorldWatch } from "../../analysis/world/world.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import type { IncidentFacts } from "./load-facts.ts";

const signalsMax = 1000;

/** A revision from its start until an instant. */
export interface RevisionSpan {
  readonly revision: Pick<WorldRevision, "commitSha" | "release" | "fromAt">;
  readonly until: string;
}

/**
 * What came in during each span from the incident's service, apart from the incident itself, in one statement; null for
 * a span that is no time at all. A signal that names no revision counts by its time, one that names another does not.
 */
export async function watchRevisions(
  db: Kysely<DB>,
  facts: Pick<IncidentFacts, "id" | "projectId" | "environment" | "serviceId">,
  spans: readonly RevisionSpan[],
): Promise<(WorldWatch | null)[]> {
  if (spans.length === 0) return [];
  const { rows } = await sql<{ created_at: Date; signals: string }>`
    SELECT p.created_at, seen.signals
    FROM unnest(${spans.map(({ revision }) => new Date(revision.fromAt))}::timestamptz[], ${spans.map(({ until }) => new Date(until))}::timestamptz[],
      ${spans.map(({ revision }) => revision.commitSha)}::text[], ${spans.map(({ revision }) => revision.release)}::text[])
      WITH ORDINALITY AS s(from_at, until_at, commit_sha, release, position)
    JOIN projects p ON p.id = ${facts.projectId}
    CROSS JOIN LATERAL (SELECT count(*) AS signals FROM (
      SELECT 1 FROM incidents i JOIN incident_counters c ON c.incident_id = i.id JOIN incident_occurrences o ON o.incident_id = i.id
      WHERE i.project_id = p.id AND i.environment = ${facts.environment} AND i.id <> ${facts.id}
        AND i.service_id IS NOT DISTINCT FROM ${facts.serviceId}::uuid AND c.last_seen_at >= s.from_at
        AND o.is_counted AND o.received_at >= s.from_at AND o.occurred_at >= s.from_at AND o.occurred_at < s.until_at
        AND coalesce(o.commit_sha = s.commit_sha, o.release = s.release, true)
      LIMIT ${signalsMax}) AS one) AS seen
    ORDER BY s.position`.execute(db);
  return spans.map(({ revision, until }, index) => {
    const [from, to] = [Date.parse(revision.fromAt), Date.parse(until)];
    const row = rows[index];
    if (row === undefined || !(to > from)) return null;
    const watchedFrom = Math.max(from, row.created_at.getTime());
    return { ranMs: to - from, watchedMs: Math.max(0, to - watchedFrom), signals: Number(row.signals) };
  });
}
