import type { DeploymentInput } from "@culprit/contract";
import { type Kysely, sql, type Transaction } from "kysely";
import { revisionOf, serviceNameOf, type WorkloadIdentity } from "../../analysis/change/service-identity.ts";
import type { DB } from "../../platform/db/tables.generated.ts";
import { newId, toPublicId } from "../../platform/ids/ids.ts";
import { emitEvent } from "../workflow/index.ts";
import type { ChangeDeps } from "./change-deps.ts";
import { mapReleaseAmong } from "./map-release.ts";
import { forgetTwins, observedTwin, type ToldDeployment } from "./one-deployment.ts";
import { holderOf, noneHasCommit, openProjectRepositories, repositoryWith } from "./open-project-repository.ts";
import { placeRevision } from "./place-revision.ts";
import { refuseFuture } from "./refuse-future.ts";
import { storeRanges } from "./store-ranges.ts";
import { upsertService } from "./upsert-service.ts";

interface StoredDeployment {
  readonly deployment_event_id: string;
  readonly commit_sha: string | null;
  readonly started_at: Date;
  readonly is_new: boolean;
}

export interface RecordedDeployment {
  readonly deploymentEventId: string;
  readonly commitSha: string | null;
  /** That none of the project's repositories has the commit, in words for people; null where one has it or one can't tell. */
  readonly warning: string | null;
}

/**
 * Records that a revision started to run, on the timeline of its service. Idempotent by the platform's `deployment_id`: a
 * repeat gives the first answer and only learns when it finished; the first is an event for triggers. What telemetry showed of it before is the same
 * deployment. Without a registered or readable repository the
 * deployment is recorded all the same, without its commits.
 * @throws CulpritError INVALID_REQUEST for a time that has not come.
 */
export async function recordDeployment(
  deps: ChangeDeps,
  request: { readonly projectId: string; readonly input: DeploymentInput },
): Promise<RecordedDeployment> {
  const { projectId, input } = request;
  refuseFuture({ started_at: input.started_at, finished_at: input.finished_at });
  const workload = workloadOf(input);
  const service = input.service ?? (workload === null ? null : serviceNameOf(workload)) ?? "default";
  const startedAt = input.started_at === undefined ? new Date() : new Date(input.started_at);
  const repositories = await openProjectRepositories(deps, projectId);
  const { readable } = repositories;
  const own = await holderOf(readable, await recentCommits(deps.database.db, { projectId, service }));
  const mapping = await mapReleaseAmong(readable, own, {
    commitSha: input.commit_sha ?? null,
    release: input.release ?? null,
    imageRef: input.image_ref ?? null,
    origin: "reported",
    workload: workload === null ? null : revisionOf(workload),
  });
  const found = mapping.commitSha === null ? null : await repositoryWith(repositories, mapping.commitSha);
  const repository = found?.repository ?? own ?? readable[0] ?? null;
  // One that can't tell may have it: a warning must be true.
  const isMissing = found?.repository === null && found.problems.length === 0 && readable.length > 0;
  const recorded = await deps.database.transaction(async (tx) => {
    const serviceId = await upsertService(tx, {
      ...{ projectId, environment: input.environment, name: service },
      ...{ cluster: input.workload?.cluster, namespace: input.workload?.namespace },
    });
    const told = {
      ...{ projectId, serviceId, service, environment: input.environment, startedAt },
      ...{ commitSha: mapping.commitSha, release: input.release ?? null, input },
    };
    const event =
      (await repeatedDeployment(tx, told)) ?? (await adoptObserved(tx, told)) ?? (await insertNew(tx, told));
    if (event.is_new) {
      const placed = await placeRevision(tx, {
        projectId,
        serviceId,
        environment: input.environment,
        commitSha: mapping.commitSha,
        release: input.release ?? null,
        fromAt: event.started_at,
        confidence: mapping.confidence,
        source: mapping.source,
        deploymentEventId: event.deployment_event_id,
      });
      await forgetTwins(tx, told, event.deployment_event_id, placed);
      const id = toPublicId("dep", event.deployment_event_id);
      await emitEvent(tx, {
        ...{ projectId, type: "deployment.recorded", subject: `deployment:${input.environment}/${service}` },
        payload: {
          ...{ id, environment: input.environment, service, deploy_type: input.deploy_type },
          ...{ commit: mapping.commitSha, release: input.release ?? null },
          started_at: event.started_at.toISOString(),
        },
      });
    }
    return { serviceId, event };
  });
  if (recorded.event.is_new && repository !== null) {
    // The range is derived from git and can be derived again; a repository that fails now does not undo the record.
    await storeRanges(deps, repository, {
      serviceId: recorded.serviceId,
      environment: input.environment,
      from: recorded.event.started_at,
    }).catch(() => undefined);
  }
  return {
    deploymentEventId: recorded.event.deployment_event_id,
    commitSha: recorded.event.commit_sha,
    warning: isMissing ? warningOf(readable.length, mapping.commitSha ?? "") : null,
  };
}

type Told = ToldDeployment & { readonly input: DeploymentInput };

/** The deployment that has the platform's id already: it only learns when it finished. */
async function repeatedDeployment(tx: Transaction<DB>, { projectId, input }: Told): Promise<StoredDeployment | null> {
  if (input.deployment_id == null) return null;
  const { rows } = await sql<StoredDeployment>`
    UPDATE deployment_events SET finished_at = coalesce(${input.finished_at ?? null}::timestamptz, finished_at)
    WHERE project_id = ${projectId} AND deployment_id = ${input.deployment_id}
    RETURNING deployment_event_id, commit_sha, started_at, false AS is_new`.execute(tx);
  return rows[0] ?? null;
}

async function insertNew(tx: Transaction<DB>, told: Told): Promise<StoredDeployment> {
  const { projectId, serviceId, environment, startedAt, commitSha, release, input } = told;
  const { rows } = await sql<StoredDeployment>`
    INSERT INTO deployment_events (deployment_event_id, project_id, service_id, environment, started_at, finished_at, deploy_type, image_ref, revision,
      commit_sha, release, deployment_id, origin, metadata)
    VALUES (${newId()}, ${projectId}, ${serviceId}, ${environment}, ${startedAt}, ${input.finished_at ?? null}, ${input.deploy_type}, ${input.image_ref ?? null},
      ${commitSha ?? release}, ${commitSha}, ${release}, ${input.deployment_id ?? null}, 'reported', ${JSON.stringify(metadataOf(input))}::jsonb)
    ON CONFLICT (project_id, deployment_id) WHERE deployment_id IS NOT NULL
      DO UPDATE SET finished_at = coalesce(EXCLUDED.finished_at, deployment_events.finished_at)
    RETURNING deployment_event_id, commit_sha, started_at, (xmax = 0) AS is_new`.execute(tx);
  const [event] = rows;
  if (event === undefined) throw new Error("the deployment was neither inserted nor found");
  return event;
}

/** An observed deployment of the same revision near it becomes the one that is told, from when it was first seen at work, if that was earlier. */
async function adoptObserved(tx: Transaction<DB>, told: Told): Promise<StoredDeployment | null> {
  const { startedAt, commitSha, release, input } = told;
  const twin = await observedTwin(tx, told);
  if (twin === null) return null;
  const { rows } = await sql<StoredDeployment>`
    UPDATE deployment_events SET origin = 'reported', started_at = least(started_at, ${startedAt}), finished_at = ${input.finished_at ?? null},
      deploy_type = ${input.deploy_type}, image_ref = ${input.image_ref ?? null}, commit_sha = coalesce(${commitSha}, commit_sha), release = coalesce(${release}, release),
      revision = coalesce(${commitSha ?? release}, revision), deployment_id = ${input.deployment_id ?? null}, metadata = ${JSON.stringify(metadataOf(input))}::jsonb
    WHERE deployment_event_id = ${twin}
    RETURNING deployment_event_id, commit_sha, started_at, true AS is_new`.execute(tx);
  return rows[0] ?? null;
}

/** What was told beside the columns, so that how the commit was found can be read later. */
function metadataOf({ metadata, workload }: DeploymentInput): Record<string, unknown> {
  return workload === undefined ? metadata : { ...metadata, workload };
}

function workloadOf({ workload, image_ref }: DeploymentInput): WorkloadIdentity | null {
  if (workload === undefined) return null;
  const { cluster, namespace, name, labels, annotations, image_labels, gitops_commit } = workload;
  return {
    ...{ cluster, namespace, deployment: name, labels, annotations },
    ...{ imageLabels: image_labels, imageRef: image_ref ?? null, gitOpsCommit: gitops_commit ?? null },
  };
}

/** What the service ran last, newest first: its repository is the one that has them. */
async function recentCommits(
  db: Kysely<DB>,
  { projectId, service }: { readonly projectId: string; readonly service: string },
): Promise<string[]> {
  const { rows } = await sql<{ commit_sha: string }>`
    SELECT r.commit_sha FROM service_revisions r JOIN services s USING (service_id)
    WHERE r.project_id = ${projectId} AND s.service_name = ${service} AND r.commit_sha IS NOT NULL ORDER BY r.from_at DESC LIMIT 5`.execute(
    db,
  );
  return rows.map(({ commit_sha }) => commit_sha);
}

function warningOf(count: number, commit: string): string {
  const none = noneHasCommit(count, commit);
  return `${none.charAt(0).toUpperCase()}${none.slice(1)}, so its changes can't be read. Push it, or ${
    count === 1 ? "check that this is the repository that was deployed" : "register the repository that was deployed"
  }.`;
}
