import type { Door } from "@culprit/contract";
import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId } from "../../platform/ids/ids.ts";
import { mapNames } from "./map-release.ts";
import { oneDeploymentMs, overlapMs, placeRevision } from "./place-revision.ts";
import { revisionName, sameRevision } from "./same-revision.ts";
import { upsertService } from "./upsert-service.ts";

/** What a signal, or any span or log line, says of the revision that sent it. */
export interface RevisionSighting {
  readonly projectId: string;
  readonly signal: {
    readonly service: string | null;
    readonly environment: string;
    readonly release: string | null;
    readonly commitSha: string | null;
    readonly occurredAt: string;
    /** Absent for spans and log lines that are no signals. */
    readonly door?: Door;
  };
  readonly receivedAt: Date;
}

interface Sighting {
  readonly projectId: string;
  readonly environment: string;
  readonly service: string;
  readonly release: string | null;
  readonly commitSha: string | null;
  readonly seenAt: Date;
}

/*
 * While instances are replaced, the old revision still sends; that is not a deployment of it. A rollout is over for what fell silent: the revision before
 * after a quarter of an hour, and the newest one, which a canary may hardly be asked for, after an hour.
 */
const overlapMinutes = overlapMs / 60_000;
const silentMinutes = oneDeploymentMs / 60_000;
/** So much later than last noted a sight of a running revision is noted: several times before it counts as silent. */
const NOTED_MINUTES = 4;
/** Telemetry may be sent late, a collector's buffer or a backfill; an error that is older comes from a clock that is wrong. */
const believedMs = { telemetry: 14 * 86_400_000, errors: 3_600_000 };

/**
 * Puts revisions that signals name on the timeline where it does not know them, at the instant of what they sent, whenever and in whatever order that comes
 * in. One statement tells the news of a whole batch from what is known, so a stream of signals from running revisions writes next to nothing: every few minutes
 * that they still run. Two revisions that both go on sending are one rollout. A revision begins with a deployment only where another one of the service is known to have run before: what nothing ran before was running, for all that is known. A release without a
 * commit is looked up in git later, by the investigation: nothing here leaves the transaction. @returns how many were new.
 */
export async function observeRevisions(tx: Transaction<DB>, batch: readonly RevisionSighting[]): Promise<number> {
  const { news, running } = await judge(tx, distinctSightings(batch));
  let placed = 0;
  for (const one of news) if (await placeSighting(tx, one)) placed += 1;
  await noteRunning(tx, running);
  return placed;
}

/**
 * What the timeline does not have, in the order in which every writer takes it, and of what it has the spans that were not noted as running of late. A service that
 * runs in a cluster is known by its name.
 */
async function judge(
  tx: Transaction<DB>,
  sightings: readonly Sighting[],
): Promise<{ readonly news: Sighting[]; readonly running: { readonly spanId: string; readonly seenAt: Date }[] }> {
  if (sightings.length === 0) return { news: [], running: [] };
  const { rows } = await sql<{ position: string; span_id: string | null }>`
    SELECT o.position, known.id AS span_id FROM unnest(${sightings.map((one) => one.projectId)}::uuid[], ${sightings.map((one) => one.environment)}::text[],
      ${sightings.map((one) => one.service)}::text[], ${sightings.map((one) => one.commitSha)}::text[], ${sightings.map((one) => one.release)}::text[],
      ${sightings.map((one) => one.seenAt)}::timestamptz[]) WITH ORDINALITY AS o(project_id, environment, service, commit_sha, release, seen_at, position)
    LEFT JOIN LATERAL (
      SELECT r.id, r.last_seen_at FROM services s JOIN service_revisions r ON r.service_id = s.service_id AND r.environment = o.environment
      WHERE s.project_id = o.project_id AND (s.service_name = o.service OR o.service = 'default')
        AND ${sameRevision("r", { commitSha: sql`o.commit_sha`, release: sql`o.release` })}
        AND r.from_at <= o.seen_at
        AND (r.to_at IS NULL OR r.to_at > o.seen_at - make_interval(mins => ${overlapMinutes})
          OR (r.last_seen_at > o.seen_at - make_interval(mins => ${overlapMinutes}) AND EXISTS (
            SELECT 1 FROM service_revisions c WHERE c.service_id = r.service_id AND c.environment = r.environment
              AND c.from_at <= o.seen_at AND (c.to_at IS NULL OR c.to_at > o.seen_at)
              AND coalesce(c.last_seen_at, c.from_at) > o.seen_at - make_interval(mins => ${silentMinutes}))))
      ORDER BY r.from_at DESC LIMIT 1) AS known ON true
    WHERE known.id IS NULL OR known.last_seen_at IS NULL OR known.last_seen_at < o.seen_at - make_interval(mins => ${NOTED_MINUTES})
    ORDER BY o.project_id, o.environment, o.service, o.seen_at`.execute(tx);
  const found = rows.flatMap(({ position, span_id }) => {
    const one = sightings[Number(position) - 1];
    return one === undefined ? [] : [{ one, spanId: span_id }];
  });
  return {
    news: found.flatMap(({ one, spanId }) => (spanId === null ? [one] : [])),
    running: found.flatMap(({ one, spanId }) => (spanId === null ? [] : [{ spanId, seenAt: one.seenAt }])),
  };
}

/** Notes that these still run; those that another writer has in hand are noted the next time, so that nobody waits for it. */
async function noteRunning(
  tx: Transaction<DB>,
  running: readonly { readonly spanId: string; readonly seenAt: Date }[],
): Promise<void> {
  if (running.length === 0) return;
  const ids = running.map(({ spanId }) => spanId);
  await sql`
    WITH free AS (SELECT id FROM service_revisions WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
    UPDATE service_revisions r SET last_seen_at = greatest(r.last_seen_at, seen.at)
    FROM (SELECT id, max(at) AS at FROM unnest(${ids}::uuid[], ${running.map(({ seenAt }) => seenAt)}::timestamptz[]) AS o(id, at) GROUP BY id) AS seen
    WHERE r.id = seen.id AND r.id IN (SELECT id FROM free)`.execute(tx);
}

function distinctSightings(batch: readonly RevisionSighting[]): Sighting[] {
  const first = new Map<string, Sighting>();
  for (const { projectId, signal, receivedAt } of batch) {
    const { environment, release, commitSha } = signal;
    if (commitSha === null && release === null) continue;
    const seenAt = instantOf(signal, receivedAt);
    const one = { projectId, environment, service: signal.service ?? "default", release, commitSha, seenAt };
    const key = JSON.stringify([projectId, environment, one.service, commitSha, release]);
    const known = first.get(key);
    if (known === undefined || seenAt < known.seenAt) first.set(key, one);
  }
  return [...first.values()];
}

/** A sender's clock is believed as far back as such things come late, and never when it runs ahead of ours. */
function instantOf({ occurredAt, door }: RevisionSighting["signal"], receivedAt: Date): Date {
  const at = new Date(occurredAt);
  const lagMs = receivedAt.getTime() - at.getTime();
  const isTelemetry = door === undefined || door === "otlp" || door === "logs";
  return lagMs >= 0 && lagMs < (isTelemetry ? believedMs.telemetry : believedMs.errors) ? at : receivedAt;
}

/**
 * Places one under the lock of its service. Traces, metrics and logs of a service come in at once and all tell of its new revision: whoever waited looks
 * again. @returns false where another writer was first.
 */
async function placeSighting(tx: Transaction<DB>, one: Sighting): Promise<boolean> {
  const { projectId, environment } = one;
  const mapping = mapNames({ commitSha: one.commitSha, release: one.release, origin: "observed" });
  const serviceId = await upsertService(tx, { projectId, environment, name: one.service });
  if ((await judge(tx, [one])).news.length === 0) return false;
  const placed = await placeRevision(tx, {
    ...{ projectId, serviceId, environment, release: one.release },
    fromAt: (await endOfRollout(tx, serviceId, one)) ?? one.seenAt,
    ...{ commitSha: mapping.commitSha, confidence: mapping.confidence, source: mapping.source },
    deploymentEventId: null,
  });
  if (placed.kind === "known") return false;
  const { deployment_event_id: known } = placed.kind === "widened" ? placed.span : { deployment_event_id: null };
  if (known !== null)
    await sql`UPDATE deployment_events SET started_at = least(started_at, ${one.seenAt}) WHERE deployment_event_id = ${known}`.execute(
      tx,
    );
  if (placed.kind !== "placed") return true;
  if (placed.before !== null) await beginWithDeployment(tx, placed.id);
  // What seemed to be the first of its service took the place of this one.
  if (placed.after !== null && placed.after.deployment_event_id === null)
    await beginWithDeployment(tx, placed.after.id);
  return true;
}

/**
 * When the newest revision of a service was seen for the last time, where one from before it never stopped: a canary that was taken away. Null for anything
 * else.
 */
async function endOfRollout(tx: Transaction<DB>, serviceId: string, one: Sighting): Promise<Date | null> {
  const { rows } = await sql<{ ended_at: Date }>`
    SELECT coalesce(c.last_seen_at, c.from_at) + interval '1 second' AS ended_at FROM service_revisions c
    WHERE c.service_id = ${serviceId} AND c.environment = ${one.environment} AND c.from_at <= ${one.seenAt} AND (c.to_at IS NULL OR c.to_at > ${one.seenAt})
      AND EXISTS (
        SELECT 1 FROM service_revisions r WHERE r.service_id = c.service_id AND r.environment = c.environment AND r.to_at <= c.from_at
          AND ${sameRevision("r", { commitSha: revisionName(one.commitSha), release: revisionName(one.release) })}
          AND r.last_seen_at > ${one.seenAt}::timestamptz - make_interval(mins => ${overlapMinutes}))`.execute(tx);
  return rows[0]?.ended_at ?? null;
}

/** A span that took the place of another began with a deployment that nobody reported. */
async function beginWithDeployment(tx: Transaction<DB>, spanId: string): Promise<void> {
  await sql`
    WITH made AS (
      INSERT INTO deployment_events (deployment_event_id, project_id, service_id, environment, started_at, deploy_type, revision, commit_sha, release, origin)
      SELECT ${newId()}, project_id, service_id, environment, from_at, 'other', coalesce(commit_sha, release), commit_sha, release, 'observed'
      FROM service_revisions WHERE id = ${spanId} RETURNING deployment_event_id)
    UPDATE service_revisions SET deployment_event_id = made.deployment_event_id FROM made WHERE id = ${spanId}`.execute(
    tx,
  );
}
