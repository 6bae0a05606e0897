import {
  dryRunInputSchema,
  eventListQuerySchema,
  ledgerListQuerySchema,
  replayInputSchema,
  triggerCountQuerySchema,
} from "@culprit/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import {
  type ActionTypes,
  dryRun,
  listEvents,
  listLedger,
  listTriggerCounts,
  listWebhooks,
  loadEvent,
  replayEvents,
  rotateWebhookSecret,
} from "../../../domains/workflow/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import type { SecretBox } from "../../../platform/secrets/secret-box.ts";
import { requireCaller } from "../authenticate.ts";
import { projectOfRequest, scopeOf, tenantOf } from "../caller-scope.ts";
import { inSnapshot, readList } from "../read-list.ts";

export interface TriggerRouteDeps {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly secretBox: SecretBox;
  readonly catalogue: ActionTypes;
  readonly publicUrl: () => string;
  readonly now: () => Date;
}

type WithId = { readonly Params: { readonly id: string } };

/** What happened, what it set going and why the rest did not run; dry-runs, replays, and the addresses of webhook triggers. */
export function registerTriggerRoutes(app: FastifyInstance, deps: TriggerRouteDeps): void {
  const { database, keys, secretBox, catalogue: actions, publicUrl, now } = deps;
  const callerOf = (request: FastifyRequest) => requireCaller(request, { db: database.db, keys });
  const optionalId = (prefix: "wf" | "evt" | "inc", id: string | undefined) =>
    id === undefined ? undefined : fromPublicId(prefix, id);

  app.get("/api/events", async (request) => {
    const caller = await callerOf(request);
    const { project, incident, ...filter } = eventListQuerySchema.parse(request.query);
    const projectId = scopeOf(caller, project);
    return database
      .asTenant(tenantOf(caller))
      .snapshot((tx) => listEvents(tx, { ...filter, projectId, incidentId: optionalId("inc", incident) }));
  });

  app.get<WithId>("/api/events/:id", async (request) => {
    const caller = await callerOf(request);
    const id = fromPublicId("evt", request.params.id);
    return database.asTenant(tenantOf(caller)).snapshot((tx) => loadEvent(tx, id));
  });

  app.post("/api/events/replay", async (request, reply) => {
    const { projectId, scope } = projectOfRequest(request, await callerOf(request), database);
    const { ids } = replayInputSchema.parse(request.body);
    const eventIds = ids.map((id) => fromPublicId("evt", id));
    return reply.code(202).send(await replayEvents(scope, { projectId, eventIds }));
  });

  app.post<WithId>("/api/events/:id/replay", async (request, reply) => {
    const { projectId, scope } = projectOfRequest(request, await callerOf(request), database);
    const eventIds = [fromPublicId("evt", request.params.id)];
    return reply.code(202).send(await replayEvents(scope, { projectId, eventIds }));
  });

  app.get("/api/ledger", async (request, reply) => {
    const caller = await callerOf(request);
    const { project, workflow, event, ...filter } = ledgerListQuerySchema.parse(request.query);
    const projectId = scopeOf(caller, project);
    const [workflowId, eventId] = [optionalId("wf", workflow), optionalId("evt", event)];
    return readList({ database, request, reply }, caller, (db) =>
      inSnapshot(db, (tx) => listLedger(tx, { ...filter, projectId, workflowId, eventId })),
    );
  });

  app.get("/api/ledger/counts", async (request) => {
    const { workflow, hours } = triggerCountQuerySchema.parse(request.query);
    const { projectId, scope } = projectOfRequest(request, await callerOf(request), database);
    const workflowId = optionalId("wf", workflow);
    return scope.snapshot((tx) => listTriggerCounts(tx, { projectId, workflowId, hours }));
  });

  app.post("/api/workflows/dry-run", async (request) => {
    const { projectId, scope } = projectOfRequest(request, await callerOf(request), database);
    const { text, definition, events, event_ids: ids } = dryRunInputSchema.parse(request.body);
    return dryRun(scope, {
      ...{ projectId, actions, publicUrl: publicUrl(), now: now() },
      written: text === undefined ? { value: definition } : { text },
      events: ids === undefined ? { last: events } : { ids: ids.map((id) => fromPublicId("evt", id)) },
    });
  });

  app.get<WithId>("/api/workflows/:id/webhooks", async (request) => {
    const caller = await callerOf(request);
    const workflowId = fromPublicId("wf", request.params.id);
    return database.asTenant(tenantOf(caller)).snapshot((tx) => listWebhooks(tx, workflowId, publicUrl()));
  });

  app.post<{ Params: { id: string; triggerId: string } }>(
    "/api/workflows/:id/webhooks/:triggerId/secret",
    async (request, reply) => {
      const caller = await callerOf(request);
      const workflowId = fromPublicId("wf", request.params.id);
      const triggerId = fromPublicId("wft", request.params.triggerId);
      const scope = database.asTenant(tenantOf(caller));
      const rotated = await rotateWebhookSecret(scope, secretBox, { workflowId, triggerId, publicUrl: publicUrl() });
      return reply.code(201).send(rotated);
    },
  );
}
