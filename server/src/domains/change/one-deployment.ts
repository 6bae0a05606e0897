import { sql, type Transaction } from "kysely";
import type { DB } from "../../platform/db/tables.generated.ts";
import { oneDeploymentMs, overlapMs, type Placed } from "./place-revision.ts";
import { revisionName, sameRevision } from "./same-revision.ts";

/*
 * A deployment is seen in telemetry and told by whoever deployed it, in either order: that is one deployment and one row. The service's row is locked by
 * then (`upsertService`), so no sighting is being written beside it.
 */

/** A deployment as it is told. */
export interface ToldDeployment {
  readonly projectId: string;
  readonly serviceId: string;
  readonly service: string;
  readonly environment: string;
  readonly startedAt: Date;
  readonly commitSha: string | null;
  readonly release: string | null;
}

const isSame = ({ commitSha, release }: ToldDeployment) =>
  sameRevision("d", { commitSha: revisionName(commitSha), release: revisionName(release) });

/**
 * The id of the observed deployment of the same revision nearest to it, within the time that a deployment may take; null without one. A commit alone and a version
 * are one where they are still nearer.
 */
export async function observedTwin(tx: Transaction<DB>, told: ToldDeployment): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    SELECT d.deployment_event_id AS id FROM deployment_events d
    WHERE d.service_id = ${told.serviceId} AND d.environment = ${told.environment} AND d.origin = 'observed'
      AND ((${isSame(told)} AND ${isNear(told, oneDeploymentMs)}) OR (${told.release}::text IS NULL AND d.commit_sha IS NULL AND ${isNear(told, overlapMs)}))
    ORDER BY ${isSame(told)} IS TRUE DESC, abs(extract(epoch FROM d.started_at - ${told.startedAt}::timestamptz)) LIMIT 1`.execute(
    tx,
  );
  return rows[0]?.id ?? null;
}

/**
 * Takes away what else was observed of the deployment: of the span that it began after all, and under the service's name without the cluster that
 * only the report knows.
 */
export async function forgetTwins(
  tx: Transaction<DB>,
  told: ToldDeployment,
  deploymentEventId: string,
  placed: Placed,
): Promise<void> {
  if (placed.kind === "widened" && !placed.span.is_reported)
    await sql`UPDATE service_revisions SET deployment_event_id = ${deploymentEventId} WHERE id = ${placed.span.id}`.execute(
      tx,
    );
  const widened = placed.kind === "widened" ? placed.span.deployment_event_id : null;
  await sql`
    DELETE FROM deployment_events d USING services s
    WHERE d.service_id = s.service_id AND d.project_id = ${told.projectId} AND d.environment = ${told.environment} AND s.service_name = ${told.service}
      AND d.origin = 'observed' AND d.deployment_event_id <> ${deploymentEventId} AND (d.deployment_event_id = ${widened} OR (${isSame(told)} AND ${isNear(told, oneDeploymentMs)}))`.execute(
    tx,
  );
}

function isNear({ startedAt }: ToldDeployment, withinMs: number) {
  const at = (ms: number) => new Date(startedAt.getTime() + ms);
  return sql`d.started_at BETWEEN ${at(-withinMs)} AND ${at(withinMs)}`;
}
