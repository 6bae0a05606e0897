import {
  approvalDecisionSchema,
  approvalListQuerySchema,
  deliverySettleSchema,
  type ExecutionStarted,
  executionListQuerySchema,
  executionLogQuerySchema,
} from "@culprit/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import {
  cancelExecution,
  decideApproval,
  listApprovals,
  listExecutionLogs,
  listExecutions,
  loadExecution,
  pauseExecution,
  resumeExecution,
  retryExecution,
  settleDelivery,
} from "../../../domains/workflow/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { fromPublicId, toPublicId } from "../../../platform/ids/ids.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import { requireCaller } from "../authenticate.ts";
import { scopeOf, tenantOf } from "../caller-scope.ts";
import { readList } from "../read-list.ts";
import { whoOf } from "../who-of.ts";

export interface ExecutionDeps {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly queue: Queue;
}

type ById = { Params: { id: string } };

/** Executions: what they did, what they wait for, and the words of people to them. */
export function registerExecutionRoutes(app: FastifyInstance, { database, keys, queue }: ExecutionDeps): void {
  /** The caller, and a database that shows what they may see and nothing else. */
  const open = async (request: FastifyRequest) => {
    const caller = await requireCaller(request, { db: database.db, keys });
    return { caller, by: whoOf(caller).name, scope: database.asTenant(tenantOf(caller)) };
  };
  const executionOf = (request: FastifyRequest<ById>) => fromPublicId("exec", request.params.id);

  app.get("/api/executions", async (request, reply) => {
    const { project, workflow, status, incident, limit, cursor } = executionListQuerySchema.parse(request.query);
    const { caller } = await open(request);
    const filter = {
      projectId: scopeOf(caller, project),
      workflow: workflow === undefined ? undefined : workflowKey(workflow),
      status,
      incidentId: incident === undefined ? undefined : fromPublicId("inc", incident),
      limit,
      cursor,
    };
    return readList({ database, request, reply }, caller, (db) => listExecutions(db, filter));
  });

  app.get<ById>("/api/executions/:id", async (request) => {
    const { scope } = await open(request);
    return scope.snapshot((tx) => loadExecution(tx, executionOf(request)));
  });

  app.get<ById>("/api/executions/:id/logs", async (request) => {
    const query = executionLogQuerySchema.parse(request.query);
    const { scope } = await open(request);
    return listExecutionLogs(scope.db, { executionId: executionOf(request), ...query });
  });

  app.post<ById>("/api/executions/:id/cancel", async (request, reply) => {
    const { scope, by } = await open(request);
    await cancelExecution(scope, queue, { executionId: executionOf(request), by });
    return reply.code(204).send();
  });

  app.post<ById>("/api/executions/:id/pause", async (request, reply) => {
    const { scope, by } = await open(request);
    await pauseExecution(scope, { executionId: executionOf(request), by });
    return reply.code(204).send();
  });

  app.post<ById>("/api/executions/:id/resume", async (request, reply) => {
    const { scope, by } = await open(request);
    await resumeExecution(scope, queue, { executionId: executionOf(request), by });
    return reply.code(204).send();
  });

  app.post<ById>("/api/executions/:id/retry", async (request, reply) => {
    const { scope, by } = await open(request);
    const id = await retryExecution(scope, queue, { executionId: executionOf(request), by });
    const answer: ExecutionStarted = { execution_id: toPublicId("exec", id) };
    return reply.code(202).send(answer);
  });

  app.get("/api/approvals", async (request) => {
    const { project, state, limit, cursor } = approvalListQuerySchema.parse(request.query);
    const { caller, scope } = await open(request);
    return listApprovals(scope.db, { projectId: scopeOf(caller, project), state, limit, cursor });
  });

  app.post<ById>("/api/approvals/:id/decide", async (request, reply) => {
    const { decision, reason } = approvalDecisionSchema.parse(request.body);
    const { scope, by } = await open(request);
    const approvalId = fromPublicId("apr", request.params.id);
    await decideApproval(scope, queue, { approvalId, decision, by, reason: reason ?? null });
    return reply.code(204).send();
  });

  app.post<ById>("/api/deliveries/:id/settle", async (request, reply) => {
    const { outcome, external_ref, note } = deliverySettleSchema.parse(request.body);
    const { scope, by } = await open(request);
    const deliveryId = fromPublicId("dlv", request.params.id);
    await settleDelivery(scope, queue, {
      deliveryId,
      happened: outcome === "sent",
      by,
      externalRef: external_ref ?? null,
      note: note ?? null,
    });
    return reply.code(204).send();
  });
}

/** `wf_…` is an id, everything else a name. */
function workflowKey(text: string): { readonly id: string } | { readonly name: string } {
  return /^wf_[0-9a-z]{26}$/.test(text) ? { id: fromPublicId("wf", text) } : { name: text };
}
