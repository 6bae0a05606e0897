import { pullRequestAskSchema, pullRequestSettingsPatchSchema } from "@culprit/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import { findIncident } from "../../../domains/incident/index.ts";
import { changePullRequestSettings, loadPullRequestSettings, loadPullRequests } from "../../../domains/repair/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { fromPublicId, toPublicId } from "../../../platform/ids/ids.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import { askForPullRequest } from "../../ask-for-pull-request.ts";
import { requireCaller } from "../authenticate.ts";
import { projectOfRequest, tenantOf } from "../caller-scope.ts";

export interface PullRequestRouteDeps {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly queue: Queue;
}

/** Pull requests for incidents: what there is, asking for one, and what a project wants of them. */
export function registerPullRequestRoutes(app: FastifyInstance, { database, keys, queue }: PullRequestRouteDeps): void {
  const callerOf = (request: FastifyRequest) => requireCaller(request, { db: database.db, keys });

  app.get<{ Params: { id: string } }>("/api/incidents/:id/pull-request", async (request) => {
    const caller = await callerOf(request);
    return database.asTenant(tenantOf(caller)).snapshot(async (tx) => {
      const { id } = await findIncident(tx, fromPublicId("inc", request.params.id), caller.projectId);
      return loadPullRequests(tx, id);
    });
  });

  app.post<{ Params: { id: string } }>("/api/incidents/:id/pull-request", async (request, reply) => {
    const caller = await callerOf(request);
    const scope = database.asTenant(tenantOf(caller));
    const incident = await findIncident(scope.db, fromPublicId("inc", request.params.id), caller.projectId);
    const by = caller.kind === "user" ? caller.login : "an API key";
    const { outdated } = pullRequestAskSchema.parse(request.body ?? {});
    const executionId = await askForPullRequest(scope, queue, { ...incident, by, outdated });
    return reply.code(202).send({ execution_id: toPublicId("exec", executionId) });
  });

  app.get("/api/pull-request-settings", async (request) => {
    const { projectId, scope } = projectOfRequest(request, await callerOf(request), database);
    return loadPullRequestSettings(scope.db, projectId);
  });

  app.patch("/api/pull-request-settings", async (request) => {
    const { projectId, scope } = projectOfRequest(request, await callerOf(request), database);
    const change = pullRequestSettingsPatchSchema.parse(request.body);
    return changePullRequestSettings(scope.db, { projectId, change });
  });
}
