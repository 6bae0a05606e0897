import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId } from "../../platform/ids/ids.ts";

/*
 * The revision timeline of one service in one environment: spans that do not overlap, ordered by `from_at`, the last one
 * open. A deployment begins a span at its start and ends the span that ran there; one that is told late is put between its
 * neighbours. The service's row is locked first, so two writers never place at once.
 */

/** A deployment that is reported so long before or after its revision was first seen at work is the one that brought it. */
export const oneDeploymentMs = 60 * 60_000;

export interface RevisionToPlace {
  readonly projectId: string;
  readonly serviceId: string;
  readonly environment: string;
  readonly commitSha: string | null;
  readonly release: string | null;
  readonly fromAt: Date;
  readonly confidence: number;
  readonly source: string;
  /** The deployment that was reported; null for what was seen at work. */
  readonly deploymentEventId: string | null;
}

/** A span of the timeline. */
export interface Span {
  id: string;
  commit_sha: string | null;
  release: string | null;
  from_at: Date;
  to_at: Date | null;
  mapping_confidence: number;
  deployment_event_id: string | null;
  /** Whether somebody told of that deployment. */
  is_reported: boolean;
}

/** So long after a deployment instances of the revision before may still answer. */
export const overlapMs = 15 * 60_000;

/** What became of a revision. */
export type Placed =
  /** It stands there already. */
  | { readonly kind: "known" }
  /** It began earlier than was known. */
  | { readonly kind: "widened"; readonly span: Span }
  /** It has a span of its own, between these two. */
  | { readonly kind: "placed"; readonly id: string; readonly before: Span | null; readonly after: Span | null };

function apartMs(span: Span, { fromAt }: RevisionToPlace): number {
  return Math.abs(fromAt.getTime() - span.from_at.getTime());
}

function isSameRevision(span: Span, revision: RevisionToPlace): boolean {
  if (span.commit_sha !== null && revision.commitSha !== null) return span.commit_sha === revision.commitSha;
  return span.release !== null && span.release === revision.release;
}

/**
 * Puts a revision on the timeline. The same revision beside itself stays one span, surer of its commit if the new word is; seen at work earlier than
 * that, it began then. Needs a transaction.
 */
export async function placeRevision(tx: Transaction<DB>, revision: RevisionToPlace): Promise<Placed> {
  await sql`SELECT 1 FROM services WHERE service_id = ${revision.serviceId} FOR NO KEY UPDATE`.execute(tx);
  const { before, after } = await neighboursOf(tx, revision);
  if (before !== null && isSameRevision(before, revision)) {
    await learn(tx, before, revision, null);
    return { kind: "known" };
  }
  if (before !== null && (await isOtherName(tx, before, revision))) {
    await learn(tx, before, revision, null);
    return { kind: "known" };
  }
  if (after !== null && (isSameRevision(after, revision) || (await isOtherName(tx, after, revision)))) {
    if (before !== null && before.from_at.getTime() === revision.fromAt.getTime()) return { kind: "known" };
    // Who deployed it knows when, but for the time that it takes.
    if (revision.deploymentEventId === null && after.is_reported && apartMs(after, revision) > oneDeploymentMs)
      return { kind: "known" };
    if (before !== null) await endAt(tx, before.id, revision.fromAt);
    await learn(tx, after, revision, revision.fromAt);
    return { kind: "widened", span: after };
  }
  if (before !== null && before.from_at.getTime() === revision.fromAt.getTime()) {
    await replace(tx, before, revision);
    return { kind: "known" };
  }
  if (before !== null) await endAt(tx, before.id, revision.fromAt);
  const id = newId();
  await sql`
    INSERT INTO service_revisions (id, project_id, service_id, environment, commit_sha, release, from_at, to_at, mapping_confidence, mapping_source, deployment_event_id)
    VALUES (${id}, ${revision.projectId}, ${revision.serviceId}, ${revision.environment}, ${revision.commitSha}, ${revision.release}, ${revision.fromAt},
      ${after?.from_at ?? null}, ${revision.confidence}, ${revision.source}, ${revision.deploymentEventId})`.execute(
    tx,
  );
  return { kind: "placed", id, before, after };
}

/**
 * Whether a commit that was reported and a version that was seen, at nearly the same time, are two names of one revision. The version must be new to the service: one
 * that was seen before is the old one, which still answers.
 */
async function isOtherName(tx: Transaction<DB>, span: Span, revision: RevisionToPlace): Promise<boolean> {
  if (apartMs(span, revision) > overlapMs) return false;
  if (revision.deploymentEventId !== null)
    return (
      revision.release === null && span.commit_sha === null && span.deployment_event_id !== null && !span.is_reported
    );
  if (!span.is_reported || span.release !== null || revision.commitSha !== null || revision.release === null)
    return false;
  const { rows } = await sql<{ is_known: boolean; is_new: boolean }>`
    SELECT count(*) > 0 AS is_known, coalesce(bool_and(release <> ${revision.release}), true) AS is_new FROM service_revisions
    WHERE service_id = ${revision.serviceId} AND environment = ${revision.environment} AND release IS NOT NULL`.execute(
    tx,
  );
  return rows[0]?.is_known === true && rows[0].is_new;
}

async function neighboursOf(
  tx: Transaction<DB>,
  { serviceId, environment, fromAt }: RevisionToPlace,
): Promise<{ readonly before: Span | null; readonly after: Span | null }> {
  const columns = sql`r.id, r.commit_sha, r.release, r.from_at, r.to_at, r.mapping_confidence, r.deployment_event_id,
      coalesce(d.origin = 'reported', false) AS is_reported
    FROM service_revisions r LEFT JOIN deployment_events d USING (deployment_event_id)
    WHERE r.service_id = ${serviceId} AND r.environment = ${environment}`;
  const { rows } = await sql<Span & { side: "before" | "after" }>`
    (SELECT 'before' AS side, ${columns} AND r.from_at <= ${fromAt} ORDER BY r.from_at DESC LIMIT 1)
    UNION ALL
    (SELECT 'after', ${columns} AND r.from_at > ${fromAt} ORDER BY r.from_at LIMIT 1)`.execute(tx);
  const sideOf = (side: "before" | "after") => rows.find((row) => row.side === side) ?? null;
  return { before: sideOf("before"), after: sideOf("after") };
}

/** Two at the same instant: a report goes before what was seen, else the surer word. */
async function replace(tx: Transaction<DB>, span: Span, revision: RevisionToPlace): Promise<void> {
  const isReported = revision.deploymentEventId !== null;
  if (revision.confidence < span.mapping_confidence || (!isReported && revision.confidence === span.mapping_confidence))
    return;
  await sql`UPDATE service_revisions SET commit_sha = ${revision.commitSha}, release = ${revision.release}, mapping_confidence = ${revision.confidence},
    mapping_source = ${revision.source}, deployment_event_id = coalesce(${revision.deploymentEventId}, deployment_event_id) WHERE id = ${span.id}`.execute(
    tx,
  );
}

async function endAt(tx: Transaction<DB>, id: string, at: Date): Promise<void> {
  await sql`UPDATE service_revisions SET to_at = ${at} WHERE id = ${id} AND from_at <= ${at}`.execute(tx);
}

async function learn(tx: Transaction<DB>, span: Span, revision: RevisionToPlace, fromAt: Date | null): Promise<void> {
  // The same revision deployed once more, much later, did not begin this span.
  const deploymentEventId =
    fromAt !== null || apartMs(span, revision) <= oneDeploymentMs ? revision.deploymentEventId : null;
  await sql`
    UPDATE service_revisions SET
      from_at = coalesce(${fromAt}::timestamptz, from_at),
      release = coalesce(release, ${revision.release}),
      commit_sha = CASE WHEN ${revision.commitSha}::text IS NOT NULL AND ${revision.confidence} > mapping_confidence THEN ${revision.commitSha} ELSE commit_sha END,
      mapping_source = CASE WHEN ${revision.confidence} > mapping_confidence THEN ${revision.source} ELSE mapping_source END,
      mapping_confidence = greatest(mapping_confidence, ${revision.confidence}::real),
      deployment_event_id = coalesce(deployment_event_id, ${deploymentEventId})
    WHERE id = ${span.id}`.execute(tx);
  if (span.release === null && revision.release !== null && span.deployment_event_id !== null)
    await sql`UPDATE deployment_events SET release = coalesce(release, ${revision.release}) WHERE deployment_event_id = ${span.deployment_event_id}`.execute(
      tx,
    );
}
