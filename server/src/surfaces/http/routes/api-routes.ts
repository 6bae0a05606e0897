import {
  configChangeInputSchema,
  type DeploymentReply,
  deploymentInputSchema,
  incidentListQuerySchema,
  incidentPatchSchema,
  type ProjectList,
  projectInputSchema,
  type RepositoryReply,
  repositoryInputSchema,
} from "@culprit/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { createProject, type KeyRing, listProjects } from "../../../domains/access/index.ts";
import { type ChangeDeps, recordConfigChange, recordDeployment } from "../../../domains/change/index.ts";
import { findIncident, investigateAgain, listIncidents, moveByHand } from "../../../domains/incident/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId, toPublicId } from "../../../platform/ids/ids.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import { projectReply } from "../../project-reply.ts";
import { registerWithWorkflows } from "../../register-with-workflows.ts";
import { actorOf } from "../actor-of.ts";
import { requireCaller } from "../authenticate.ts";
import { projectOfRequest, scopeOf, tenantOf } from "../caller-scope.ts";
import { incidentDetail } from "../incident-detail.ts";
import { readList } from "../read-list.ts";

export interface ApiDeps extends ChangeDeps {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly queue: Queue;
  readonly publicUrl: () => string;
  readonly version: string;
}

/** The API that the page, the command line and programs use. */
export function registerApiRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { database } = deps;
  const callerOf = (request: FastifyRequest) => requireCaller(request, { db: database.db, keys: deps.keys });
  /** The verbs' needs, with a database that shows what the caller may see and nothing else. */
  const depsOf = (caller: Parameters<typeof tenantOf>[0]) => ({
    ...deps,
    database: database.asTenant(tenantOf(caller)),
  });

  app.get("/api/me", async (request) => {
    const caller = await callerOf(request);
    return caller.kind === "user"
      ? { id: toPublicId("usr", caller.userId), login: caller.login, version: deps.version }
      : { id: toPublicId("proj", caller.projectId), login: "api key", version: deps.version };
  });

  app.get("/api/projects", async (request) => {
    const caller = await callerOf(request);
    const answer: ProjectList = { projects: await listProjects(depsOf(caller).database.db) };
    return answer;
  });

  app.post("/api/projects", async (request, reply) => {
    const caller = await callerOf(request);
    if (caller.kind !== "user")
      throw new CulpritError(
        "FORBIDDEN",
        "A project's key can't make projects. Sign in, or use `culprit project create`.",
      );
    const input = projectInputSchema.parse(request.body);
    // The keys are shown once, so nothing may fail between them and the answer for a URL that was mistyped.
    if (input.repository !== undefined) await deps.git.check(input.repository);
    const own = depsOf(caller);
    const project = await createProject(own.database.db, input, caller.userId);
    const repository =
      input.repository === undefined
        ? null
        : await registerWithWorkflows(own, { projectId: project.id, url: input.repository });
    return reply.code(201).send({ ...projectReply(project, deps.publicUrl()), ...warningOf(repository) });
  });

  app.post("/api/repositories", async (request, reply) => {
    const { url } = repositoryInputSchema.parse(request.body);
    const { own, projectId } = await projectOf(request);
    const repository = await registerWithWorkflows(own, { projectId, url });
    const answer: RepositoryReply = {
      repository_id: toPublicId("repo", repository.repositoryId),
      default_branch: repository.defaultBranch,
      ...warningOf(repository),
    };
    return reply.code(201).send(answer);
  });

  app.post("/api/deployments", async (request, reply) => {
    const input = deploymentInputSchema.parse(request.body);
    const { own, projectId } = await projectOf(request);
    const deployment = await recordDeployment(own, { projectId, input });
    const answer: DeploymentReply = {
      deployment_id: toPublicId("dep", deployment.deploymentEventId),
      commit_sha: deployment.commitSha,
      ...(deployment.warning === null ? {} : { warning: deployment.warning }),
    };
    return reply.code(201).send(answer);
  });

  app.post("/api/changes", async (request, reply) => {
    const input = configChangeInputSchema.parse(request.body);
    const { own, projectId } = await projectOf(request);
    const change = await recordConfigChange(own, { projectId, input });
    return reply.code(201).send({ change_id: toPublicId("cfg", change.configChangeId) });
  });

  app.get("/api/incidents", async (request, reply) => {
    const caller = await callerOf(request);
    const { project, status, service, limit, cursor } = incidentListQuerySchema.parse(request.query);
    const projectId = scopeOf(caller, project);
    return readList({ database, request, reply }, caller, (db) =>
      listIncidents(db, { projectId, status, service, limit, cursor }),
    );
  });

  app.get<{ Params: { id: string } }>("/api/incidents/:id", async (request) => {
    const caller = await callerOf(request);
    return incidentDetail(depsOf(caller), fromPublicId("inc", request.params.id), caller.projectId);
  });

  app.patch<{ Params: { id: string } }>("/api/incidents/:id", async (request) => {
    const caller = await callerOf(request);
    const { status, reason } = incidentPatchSchema.parse(request.body);
    const own = depsOf(caller);
    const id = fromPublicId("inc", request.params.id);
    const who = caller.kind === "user" ? caller.login : "an API key";
    const why = reason ?? `${status === "resolved" ? "Resolved" : "Reopened"} by ${who}.`;
    await own.database.transaction(async (tx) => {
      const { projectId, status: standsAt } = await findIncident(tx, id, caller.projectId);
      const move = { incidentId: id, projectId, to: status, reason: why, actor: actorOf(caller) };
      if ((await moveByHand(tx, deps.queue, move)) !== null) return;
      throw new CulpritError("CONFLICT", `The incident is ${standsAt}; it can't become ${status} from there.`);
    });
    return incidentDetail(own, id, caller.projectId);
  });

  app.post<{ Params: { id: string } }>("/api/incidents/:id/investigate", async (request, reply) => {
    const caller = await callerOf(request);
    const own = depsOf(caller);
    const { id } = await findIncident(own.database.db, fromPublicId("inc", request.params.id), caller.projectId);
    const who = caller.kind === "user" ? caller.login : "an API key";
    await investigateAgain(own.database, {
      incidentId: id,
      reason: `Asked for by ${who}.`,
      actor: actorOf(caller),
    });
    return reply.code(202).send({ id: request.params.id, status: "triaged" });
  });

  /** The project that a request is about, and the verbs' needs within it. */
  async function projectOf(request: FastifyRequest) {
    const { projectId, scope } = projectOfRequest(request, await callerOf(request), database);
    return { projectId, own: { ...deps, database: scope } };
  }
}

function warningOf(repository: { readonly warning: string | null } | null): { warning?: string } {
  return repository?.warning == null ? {} : { warning: repository.warning };
}
