import {
  type ActionList,
  controlKinds,
  type ExecutionStarted,
  type WorkflowCheck,
  type WorkflowSaved,
  workflowCheckInputSchema,
  workflowListQuerySchema,
  workflowPatchSchema,
  workflowRunSchema,
  workflowSaveSchema,
  workflowSecretInputSchema,
  workflowSecretNameSchema,
} from "@culprit/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import {
  type ActionTypes,
  type Changed,
  changeWorkflow,
  checkWorkflow,
  deleteSecret,
  describeActions,
  findWorkflow,
  listSecrets,
  listVersions,
  listWorkflows,
  loadWorkflow,
  resetWorkflow,
  setSecret,
  setWorkflowStatus,
  showUpgrade,
  showVersion,
  startManually,
  workflowJsonSchema,
} from "../../../domains/workflow/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId, toPublicId } from "../../../platform/ids/ids.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import type { SecretBox } from "../../../platform/secrets/secret-box.ts";
import { requireCaller } from "../authenticate.ts";
import { projectOfRequest, scopeOf, tenantOf } from "../caller-scope.ts";
import { type ProposalDeps, proposeWorkflowChange } from "../propose-workflow-change.ts";
import { whoOf } from "../who-of.ts";

export interface WorkflowDeps extends ProposalDeps {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly queue: Queue;
  readonly secretBox: SecretBox;
  readonly catalogue: ActionTypes;
  readonly publicUrl: () => string;
  readonly now: () => Date;
}

type ById = { Params: { id: string } };

/** Workflows: what they are, their versions and changes, the actions they are made of, and the secrets they name. */
export function registerWorkflowRoutes(app: FastifyInstance, deps: WorkflowDeps): void {
  const { database, keys, catalogue } = deps;
  const callerOf = (request: FastifyRequest) => requireCaller(request, { db: database.db, keys });
  const actions: ActionList = {
    items: describeActions(catalogue),
    next_cursor: null,
    control_kinds: [...controlKinds],
  };
  const schema = workflowJsonSchema(catalogue);

  /** The caller, the project that a request is about, and the database narrowed to it. */
  const inProject = async (request: FastifyRequest) => {
    const caller = await callerOf(request);
    return { by: whoOf(caller), ...projectOfRequest(request, caller, database) };
  };

  /** The workflow of the address, and the project to act in: the one that is named, or its own. */
  const target = async (request: FastifyRequest<ById>) => {
    const caller = await callerOf(request);
    const workflowId = fromPublicId("wf", request.params.id);
    const named = scopeOf(caller, (request.query as { project?: string }).project);
    const row = await findWorkflow(database.asTenant(tenantOf(caller)).db, { id: workflowId });
    // A project's own workflow is run and changed in that project, whichever the page has chosen.
    const projectId = row.project_id ?? named;
    if (projectId === null) {
      throw new CulpritError(
        "INVALID_REQUEST",
        "The workflow is built in. Say for which project this is: add ?project=proj_…",
        {
          details: { field: "project" },
        },
      );
    }
    const scope = database.asTenant(tenantOf({ ...caller, projectId }));
    return { by: whoOf(caller), workflowId, projectId, scope, row };
  };

  /** What is only read: of a built-in workflow, for all projects of the caller or the one that is named. */
  const visible = async (request: FastifyRequest<ById>) => {
    const caller = await callerOf(request);
    return {
      workflowId: fromPublicId("wf", request.params.id),
      projectId: scopeOf(caller, (request.query as { project?: string }).project),
      db: database.asTenant(tenantOf(caller)).db,
    };
  };

  const savedReply = async (
    { scope, projectId }: { scope: ReturnType<Database["asTenant"]>; projectId: string },
    { workflowId, isChanged, warnings }: Pick<Changed, "workflowId" | "isChanged" | "warnings">,
  ): Promise<WorkflowSaved> => ({
    workflow: await loadWorkflow(scope.db, { workflowId, projectId, publicUrl: deps.publicUrl() }),
    is_changed: isChanged,
    warnings: [...warnings],
  });

  app.get("/api/actions", async (request) => {
    await callerOf(request);
    return actions;
  });

  // For editors, which send no key; it says nothing about anybody.
  app.get("/api/workflow.schema.json", async (_request, reply) => reply.type("application/schema+json").send(schema));

  app.get("/api/workflows", async (request) => {
    const { status, limit, cursor } = workflowListQuerySchema.parse(request.query);
    const { projectId, scope } = await inProject(request);
    return listWorkflows(scope.db, { projectId, status, limit, cursor });
  });

  app.post("/api/workflows", async (request, reply) => {
    const body = workflowSaveSchema.parse(request.body);
    const own = await inProject(request);
    const changed = await changeWorkflow(own.scope, catalogue, {
      ...own,
      written: writtenOf(body),
      baseVersion: body.base_version,
      mustBeNew: body.base_version === undefined,
    });
    return reply.code(201).send(await savedReply(own, changed));
  });

  app.post("/api/workflows/check", async (request) => {
    const { text } = workflowCheckInputSchema.parse(request.body);
    const caller = await callerOf(request);
    const projectId = scopeOf(caller, (request.query as { project?: string }).project);
    const scope = database.asTenant(tenantOf({ ...caller, projectId }));
    const { definition, problems } = await checkWorkflow(scope, { projectId, written: { text }, actions: catalogue });
    const answer: WorkflowCheck = {
      is_valid: definition !== null && problems.every(({ severity }) => severity === "warning"),
      problems: [...problems],
      definition,
    };
    return answer;
  });

  app.get<ById>("/api/workflows/:id", async (request) => {
    const { db, workflowId, projectId } = await visible(request);
    return loadWorkflow(db, { workflowId, projectId, publicUrl: deps.publicUrl() });
  });

  app.get<ById>("/api/workflows/:id/yaml", async (request, reply) => {
    const { db, workflowId, projectId } = await visible(request);
    const { yaml } = await loadWorkflow(db, { workflowId, projectId, publicUrl: deps.publicUrl() });
    return reply.type("application/yaml; charset=utf-8").send(yaml);
  });

  app.put<ById>("/api/workflows/:id", async (request) => {
    const body = workflowSaveSchema.parse(request.body);
    const own = await target(request);
    if (own.row.source === "repository") {
      const proposal = await proposeWorkflowChange(deps, own.scope, {
        ...own,
        written: writtenOf(body),
        by: own.by.name,
      });
      return { ...(await savedReply(own, { ...own, isChanged: false, warnings: [] })), proposal };
    }
    const changed = await changeWorkflow(own.scope, catalogue, {
      ...own,
      written: writtenOf(body),
      baseVersion: body.base_version,
      upgradedTo: body.upgraded_to,
    });
    return savedReply(own, changed);
  });

  app.patch<ById>("/api/workflows/:id", async (request) => {
    const { status } = workflowPatchSchema.parse(request.body);
    const own = await target(request);
    return savedReply(own, await setWorkflowStatus(own.scope, { ...own, status }));
  });

  app.delete<ById>("/api/workflows/:id", async (request) => {
    const own = await target(request);
    if (own.row.project_id === null)
      throw new CulpritError(
        "CONFLICT",
        "The workflow is built in and stays. To stop it for a project, set its status to inactive.",
      );
    return savedReply(own, await setWorkflowStatus(own.scope, { ...own, status: "archived" }));
  });

  app.get<ById>("/api/workflows/:id/versions", async (request) => {
    const { limit, cursor } = workflowListQuerySchema.parse(request.query);
    const { db, workflowId } = await visible(request);
    return listVersions(db, { workflowId, limit, cursor });
  });

  app.get<{ Params: { id: string; n: string } }>("/api/workflows/:id/versions/:n", async (request) => {
    const { db, workflowId } = await visible(request);
    const version = /^[1-9]\d{0,8}$/.test(request.params.n) ? Number(request.params.n) : null;
    if (version === null)
      throw new CulpritError("NOT_FOUND", `The workflow has no version ${request.params.n.slice(0, 20)}.`);
    return showVersion(db, workflowId, version);
  });

  app.get<ById>("/api/workflows/:id/upgrade", async (request) => {
    const { db, workflowId } = await visible(request);
    return showUpgrade(db, workflowId);
  });

  app.post<ById>("/api/workflows/:id/reset", async (request) => {
    const own = await target(request);
    const workflowId = await resetWorkflow(own.scope, { ...own, at: deps.now() });
    return savedReply(own, { workflowId, isChanged: true, warnings: [] });
  });

  app.post<ById>("/api/workflows/:id/run", async (request, reply) => {
    const body = workflowRunSchema.parse(request.body ?? {});
    const caller = await requireCaller(request, { db: database.db, keys });
    const { scope, workflowId, projectId, by } = await target(request);
    const executionId = await startManually(scope, deps.queue, {
      projectId,
      workflow: { id: workflowId },
      inputs: body.inputs,
      incidentId: body.incident_id === undefined ? null : fromPublicId("inc", body.incident_id),
      by: by.name,
      installation: caller.kind === "user" ? database.asTenant({ userId: caller.userId, projectId: null }) : null,
    });
    const answer: ExecutionStarted = { execution_id: toPublicId("exec", executionId) };
    return reply.code(202).send(answer);
  });

  app.get("/api/workflow-secrets", async (request) => {
    const { scope, projectId } = await inProject(request);
    return listSecrets(scope.db, projectId);
  });

  app.put<{ Params: { name: string } }>("/api/workflow-secrets/:name", async (request, reply) => {
    const name = workflowSecretNameSchema.parse(request.params.name);
    const { value } = workflowSecretInputSchema.parse(request.body);
    const { scope, projectId, by } = await inProject(request);
    await setSecret(scope, deps.secretBox, { projectId, name, value, by });
    return reply.code(204).send();
  });

  app.delete<{ Params: { name: string } }>("/api/workflow-secrets/:name", async (request, reply) => {
    const { scope, projectId, by } = await inProject(request);
    await deleteSecret(scope, { projectId, name: request.params.name, by });
    return reply.code(204).send();
  });
}

function writtenOf(body: { readonly text?: string | undefined; readonly definition?: unknown }) {
  return body.text === undefined ? { value: body.definition } : { text: body.text };
}
