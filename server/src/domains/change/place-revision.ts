import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId } from "../../platform/ids/ids.ts";

/*
 * The revision timeline of one service in one environment: spans that do not overlap, ordered by `from_at`, the last one
 * open. A deployment begins a span at its start and ends the span that ran there; one that is told late is put between its
 * neighbours. The service's row is locked first, so two writers never place at once.
 */

export interface RevisionToPlace {
  readonly projectId: string;
  readonly serviceId: string;
  readonly environment: string;
  readonly commitSha: string | null;
  readonly release: string | null;
  readonly fromAt: Date;
  readonly confidence: number;
  readonly source: string;
  readonly deploymentEventId: string | null;
}

interface Span {
  id: string;
  commit_sha: string | null;
  release: string | null;
  from_at: Date;
  to_at: Date | null;
  mapping_confidence: number;
}

function isSameRevision(span: Span, revision: RevisionToPlace): boolean {
  if (span.commit_sha !== null && revision.commitSha !== null) return span.commit_sha === revision.commitSha;
  return span.release !== null && span.release === revision.release;
}

/** Puts a revision on the timeline. The same revision beside itself stays one span, surer of its commit if the new word is. Needs a transaction. */
export async function placeRevision(tx: Transaction<DB>, revision: RevisionToPlace): Promise<void> {
  await sql`SELECT 1 FROM services WHERE service_id = ${revision.serviceId} FOR NO KEY UPDATE`.execute(tx);
  const { rows } = await sql<Span & { side: "before" | "after" }>`
    (SELECT 'before' AS side, id, commit_sha, release, from_at, to_at, mapping_confidence FROM service_revisions
     WHERE service_id = ${revision.serviceId} AND environment = ${revision.environment} AND from_at <= ${revision.fromAt} ORDER BY from_at DESC LIMIT 1)
    UNION ALL
    (SELECT 'after', id, commit_sha, release, from_at, to_at, mapping_confidence FROM service_revisions
     WHERE service_id = ${revision.serviceId} AND environment = ${revision.environment} AND from_at > ${revision.fromAt} ORDER BY from_at LIMIT 1)`.execute(
    tx,
  );
  const before = rows.find((row) => row.side === "before");
  const after = rows.find((row) => row.side === "after");
  if (before !== undefined && isSameRevision(before, revision)) return learn(tx, before.id, revision, null);
  if (after !== undefined && isSameRevision(after, revision)) {
    // It was seen at work before its deployment was told: it began to run then.
    if (before !== undefined) await endAt(tx, before.id, revision.fromAt);
    return learn(tx, after.id, revision, revision.fromAt);
  }
  if (before !== undefined && new Date(before.from_at).getTime() === revision.fromAt.getTime()) {
    if (revision.confidence >= before.mapping_confidence) {
      await sql`UPDATE service_revisions SET commit_sha = ${revision.commitSha}, release = ${revision.release}, mapping_confidence = ${revision.confidence},
        mapping_source = ${revision.source}, deployment_event_id = ${revision.deploymentEventId} WHERE id = ${before.id}`.execute(
        tx,
      );
    }
    return;
  }
  if (before !== undefined) await endAt(tx, before.id, revision.fromAt);
  await sql`
    INSERT INTO service_revisions (id, project_id, service_id, environment, commit_sha, release, from_at, to_at, mapping_confidence, mapping_source, deployment_event_id)
    VALUES (${newId()}, ${revision.projectId}, ${revision.serviceId}, ${revision.environment}, ${revision.commitSha}, ${revision.release}, ${revision.fromAt},
      ${after?.from_at ?? null}, ${revision.confidence}, ${revision.source}, ${revision.deploymentEventId})`.execute(
    tx,
  );
}

async function endAt(tx: Transaction<DB>, id: string, at: Date): Promise<void> {
  await sql`UPDATE service_revisions SET to_at = ${at} WHERE id = ${id} AND from_at <= ${at}`.execute(tx);
}

async function learn(tx: Transaction<DB>, id: string, revision: RevisionToPlace, fromAt: Date | null): Promise<void> {
  await sql`
    UPDATE service_revisions SET
      from_at = coalesce(${fromAt}::timestamptz, from_at),
      release = coalesce(release, ${revision.release}),
      commit_sha = CASE WHEN ${revision.commitSha}::text IS NOT NULL AND ${revision.confidence} > mapping_confidence THEN ${revision.commitSha} ELSE commit_sha END,
      mapping_source = CASE WHEN ${revision.confidence} > mapping_confidence THEN ${revision.source} ELSE mapping_source END,
      mapping_confidence = greatest(mapping_confidence, ${revision.confidence}::real),
      deployment_event_id = coalesce(deployment_event_id, ${revision.deploymentEventId})
    WHERE id = ${id}`.execute(tx);
}
