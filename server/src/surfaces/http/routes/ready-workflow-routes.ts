import { type ReadyWorkflowList, readyWorkflowTakeSchema, type WorkflowSaved } from "@culprit/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import {
  listReadyWorkflows,
  loadWorkflow,
  type ReadyFile,
  readReadyWorkflows,
  takeReadyWorkflow,
} from "../../../domains/workflow/index.ts";
import { requireCaller } from "../authenticate.ts";
import { projectOfRequest } from "../caller-scope.ts";
import { whoOf } from "../who-of.ts";
import type { WorkflowDeps } from "./workflow-routes.ts";

export type ReadyWorkflowDeps = Pick<WorkflowDeps, "database" | "keys" | "catalogue" | "publicUrl">;

/** Workflows that come ready: the list, and one click by which a project has one. */
export function registerReadyWorkflowRoutes(app: FastifyInstance, deps: ReadyWorkflowDeps): void {
  const { database, keys, catalogue } = deps;
  let read: readonly ReadyFile[] | undefined;
  /** Read when somebody asks first: a start need not wait for it. */
  const files = () => {
    read ??= readReadyWorkflows(catalogue);
    return read;
  };
  const inProject = async (request: FastifyRequest) => {
    const caller = await requireCaller(request, { db: database.db, keys });
    return { by: whoOf(caller), ...projectOfRequest(request, caller, database) };
  };

  app.get("/api/workflows/ready", async (request): Promise<ReadyWorkflowList> => {
    const { scope, projectId } = await inProject(request);
    return { items: [...(await listReadyWorkflows(scope.db, files(), projectId))], next_cursor: null };
  });

  app.post<{ Params: { name: string } }>("/api/workflows/ready/:name", async (request, reply) => {
    const { status } = readyWorkflowTakeSchema.parse(request.body ?? {});
    const { scope, projectId, by } = await inProject(request);
    const { name } = request.params;
    const taken = await takeReadyWorkflow(scope, catalogue, files(), { projectId, name, status, by });
    const answer: WorkflowSaved = {
      workflow: await loadWorkflow(scope.db, { workflowId: taken.workflowId, projectId, publicUrl: deps.publicUrl() }),
      is_changed: taken.isChanged,
      warnings: [...taken.warnings],
    };
    return reply.code(201).send(answer);
  });
}
