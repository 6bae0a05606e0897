import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId } from "../../platform/ids/ids.ts";
import { mapNames } from "./map-release.ts";
import { placeRevision } from "./place-revision.ts";
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

// While instances are replaced, the old revision still sends; that is not a deployment of it.
const overlapMinutes = 15;
/** A service that was made known so shortly before is seen for the first time with its revision. */
const firstSightMinutes = 5;
const clockSkewMsMax = 3_600_000;

/**
 * Puts revisions that signals name on the timeline where it does not know them. One statement tells the news of a whole
 * batch from what is known, so a stream of signals from running revisions writes nothing. A revision of a service that was not known before is put there
 * without a deployment: nothing says that it did not run before. A release without a commit is
 * looked up in git later, by the investigation: nothing here leaves the transaction. @returns how many were new.
 */
export async function observeRevisions(tx: Transaction<DB>, batch: readonly RevisionSighting[]): Promise<number> {
  const distinct = distinctSightings(batch);
  if (distinct.length === 0) return 0;
  const { rows } = await sql<{ position: string }>`
    SELECT o.position FROM unnest(${distinct.map((one) => one.projectId)}::uuid[], ${distinct.map((one) => one.environment)}::text[],
      ${distinct.map((one) => one.service)}::text[], ${distinct.map((one) => one.commitSha)}::text[], ${distinct.map((one) => one.release)}::text[],
      ${distinct.map((one) => one.seenAt)}::timestamptz[]) WITH ORDINALITY AS o(project_id, environment, service, commit_sha, release, seen_at, position)
    WHERE NOT EXISTS (
      SELECT 1 FROM services s JOIN service_revisions r ON r.service_id = s.service_id AND r.environment = o.environment
      WHERE s.project_id = o.project_id AND s.namespace = o.environment AND (s.service_name = o.service OR o.service = 'default')
        AND (r.commit_sha = o.commit_sha OR ((o.commit_sha IS NULL OR r.commit_sha IS NULL) AND r.release = o.release))
        AND (r.to_at IS NULL OR r.to_at > o.seen_at - make_interval(mins => ${overlapMinutes}))
        AND r.from_at <= o.seen_at + interval '1 minute')
    ORDER BY o.project_id, o.environment, o.service, o.seen_at`.execute(tx);
  let placed = 0;
  for (const row of rows) {
    const one = distinct[Number(row.position) - 1];
    if (one === undefined) continue;
    await placeSighting(tx, one);
    placed += 1;
  }
  return placed;
}

function distinctSightings(batch: readonly RevisionSighting[]): Sighting[] {
  const first = new Map<string, Sighting>();
  for (const { projectId, signal, receivedAt } of batch) {
    const { environment, release, commitSha } = signal;
    if (commitSha === null && release === null) continue;
    const occurredAt = new Date(signal.occurredAt);
    const lagMs = receivedAt.getTime() - occurredAt.getTime();
    // A sender's clock is believed within an hour, and never when it runs ahead of ours.
    const seenAt = lagMs >= 0 && lagMs < clockSkewMsMax ? occurredAt : receivedAt;
    const one = { projectId, environment, service: signal.service ?? "default", release, commitSha, seenAt };
    const key = JSON.stringify([projectId, environment, one.service, commitSha, release]);
    const known = first.get(key);
    if (known === undefined || seenAt < known.seenAt) first.set(key, one);
  }
  return [...first.values()];
}

async function placeSighting(tx: Transaction<DB>, one: Sighting): Promise<void> {
  const mapping = mapNames({ commitSha: one.commitSha, release: one.release, origin: "observed" });
  const serviceId = await upsertService(tx, {
    projectId: one.projectId,
    environment: one.environment,
    name: one.service,
  });
  const deploymentEventId = (await isFirstSight(tx, serviceId, one)) ? null : newId();
  if (deploymentEventId !== null)
    await sql`
      INSERT INTO deployment_events (deployment_event_id, project_id, service_id, environment, started_at, deploy_type, revision, commit_sha, release, origin)
      VALUES (${deploymentEventId}, ${one.projectId}, ${serviceId}, ${one.environment}, ${one.seenAt}, 'other', ${mapping.commitSha ?? one.release}, ${mapping.commitSha},
        ${one.release}, 'observed')`.execute(tx);
  await placeRevision(tx, {
    projectId: one.projectId,
    serviceId,
    environment: one.environment,
    commitSha: mapping.commitSha,
    release: one.release,
    fromAt: one.seenAt,
    confidence: mapping.confidence,
    source: mapping.source,
    deploymentEventId,
  });
}

/** What a service runs when it is first heard of was running before, for all that is known: it is no deployment. */
async function isFirstSight(tx: Transaction<DB>, serviceId: string, { environment }: Sighting): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM services s WHERE s.service_id = ${serviceId} AND s.created_at > now() - make_interval(mins => ${firstSightMinutes})
      AND NOT EXISTS (SELECT 1 FROM service_revisions r WHERE r.service_id = s.service_id AND r.environment = ${environment})`.execute(
    tx,
  );
  return rows.length > 0;
}
