import {
  deliveryListQuerySchema,
  handsOffClearQuerySchema,
  handsOffInputSchema,
  handsOffListQuerySchema,
  type IntegrationTypeList,
  integrationEventListQuerySchema,
  integrationInputSchema,
  integrationListQuerySchema,
  integrationPatchSchema,
} from "@culprit/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import {
  checkIntegration,
  clearHandsOff,
  createIntegration,
  deleteIntegration,
  describeTypes,
  type IntegrationServices,
  listDeliveries,
  listHandsOff,
  listIntegrationEvents,
  listIntegrations,
  loadDelivery,
  loadIntegration,
  loadIntegrationEvent,
  replayIntegrationEvent,
  setHandsOff,
  updateIntegration,
} from "../../../domains/integration/index.ts";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { fromPublicId, type IdPrefix } from "../../../platform/ids/ids.ts";
import { type Caller, requireCaller } from "../authenticate.ts";
import { projectOfRequest, scopeOf, tenantOf } from "../caller-scope.ts";
import { readList } from "../read-list.ts";
import { requireOperator } from "../require-operator.ts";
import { whoOf } from "../who-of.ts";

export interface IntegrationDeps {
  readonly integrations: IntegrationServices;
  readonly keys: KeyRing;
}

type ById = { readonly Params: { readonly id: string } };

/** Integrations, what came in through them and what went out, and the hands-off switch. */
export function registerIntegrationRoutes(app: FastifyInstance, { integrations, keys }: IntegrationDeps): void {
  const { database } = integrations;
  const callerOf = async (request: FastifyRequest) => {
    const caller = await requireCaller(request, { db: database.db, keys });
    return { caller, who: whoOf(caller), scope: database.asTenant(tenantOf(caller)) };
  };
  const idOf = (prefix: IdPrefix, id: string | undefined) => (id === undefined ? null : fromPublicId(prefix, id));

  app.get("/api/integration-types", async (request) => {
    await callerOf(request);
    const answer: IntegrationTypeList = { items: describeTypes(integrations), next_cursor: null };
    return answer;
  });

  app.get("/api/integrations", async (request) => {
    const { caller, scope } = await callerOf(request);
    const { project, ...filter } = integrationListQuerySchema.parse(request.query);
    return listIntegrations(integrations, scope.db, { ...filter, projectId: scopeOf(caller, project) });
  });

  app.post("/api/integrations", async (request, reply) => {
    const { caller, who } = await callerOf(request);
    const input = integrationInputSchema.parse(request.body);
    const { projectId, scope } = projectOfRequest(request, caller, database);
    const { config, credentials } = input;
    const id = await createIntegration(integrations, scope, who, { ...input, projectId, config, credentials });
    return reply.code(201).send(await loadIntegration(integrations, scope.db, id));
  });

  app.get<ById>("/api/integrations/:id", async (request) => {
    const { scope } = await callerOf(request);
    return loadIntegration(integrations, scope.db, fromPublicId("int", request.params.id));
  });

  app.patch<ById>("/api/integrations/:id", async (request) => {
    const { who, scope } = await callerOf(request);
    const { is_enabled: isEnabled, ...change } = integrationPatchSchema.parse(request.body);
    const integrationId = fromPublicId("int", request.params.id);
    await updateIntegration(integrations, scope, who, { integrationId, change: { ...change, isEnabled } });
    return loadIntegration(integrations, scope.db, integrationId);
  });

  app.delete<ById>("/api/integrations/:id", async (request) => {
    const { who, scope } = await callerOf(request);
    await deleteIntegration(scope, who, fromPublicId("int", request.params.id));
    return { success: true };
  });

  app.post<ById>("/api/integrations/:id/check", async (request) => {
    const { scope } = await callerOf(request);
    const id = fromPublicId("int", request.params.id);
    // Whether the caller may see it, before the engine's role asks the vendor.
    await loadIntegration(integrations, scope.db, id);
    await checkIntegration(integrations, id);
    return loadIntegration(integrations, scope.db, id);
  });

  app.get("/api/integration-events", async (request) => {
    const { caller, scope } = await callerOf(request);
    const { project, integration, ...filter } = integrationEventListQuerySchema.parse(request.query);
    const projectId = scopeOf(caller, project);
    return listIntegrationEvents(scope.db, { ...filter, projectId, integrationId: idOf("int", integration) });
  });

  app.get<ById>("/api/integration-events/:id", async (request) => {
    const { scope } = await callerOf(request);
    return loadIntegrationEvent(scope.db, fromPublicId("iev", request.params.id));
  });

  app.post<ById>("/api/integration-events/:id/replay", async (request, reply) => {
    const { who, scope } = await callerOf(request);
    const id = fromPublicId("iev", request.params.id);
    await replayIntegrationEvent(scope, who, id);
    return reply.code(202).send(await loadIntegrationEvent(scope.db, id));
  });

  app.get("/api/deliveries", async (request, reply) => {
    const { caller } = await callerOf(request);
    const { project, integration, incident, ...filter } = deliveryListQuerySchema.parse(request.query);
    const wanted = {
      ...filter,
      projectId: scopeOf(caller, project),
      integrationId: idOf("int", integration),
      incidentId: idOf("inc", incident),
    };
    return readList({ database, request, reply }, caller, (db) => listDeliveries(db, wanted));
  });

  app.get<ById>("/api/deliveries/:id", async (request) => {
    const { scope } = await callerOf(request);
    return loadDelivery(scope.db, fromPublicId("dlv", request.params.id));
  });

  app.get("/api/hands-off", async (request) => {
    const { caller, scope } = await callerOf(request);
    const { project, ...filter } = handsOffListQuerySchema.parse(request.query);
    return listHandsOff(scope.db, { ...filter, projectId: scopeOf(caller, project) });
  });

  app.put("/api/hands-off", async (request) => {
    const { caller, who } = await callerOf(request);
    const { project, service, reason } = handsOffInputSchema.parse(request.body);
    const { projectId, scope } = await switchOf(caller, project);
    return setHandsOff(scope, who, { projectId, service: service ?? null, reason });
  });

  app.delete("/api/hands-off", async (request) => {
    const { caller, who } = await callerOf(request);
    const { project, service } = handsOffClearQuerySchema.parse(request.query);
    const { projectId, scope } = await switchOf(caller, project);
    return clearHandsOff(scope, who, { projectId, service: service ?? null });
  });

  /**
   * What a switch is set for, and with which rights: all of Culprit belongs to whoever runs it, and the engine's role writes it.
   * @throws CulpritError FORBIDDEN where all of Culprit is meant and the caller does not run it.
   */
  async function switchOf(
    caller: Caller,
    named: string | undefined,
  ): Promise<{ projectId: string | null; scope: DatabaseScope }> {
    const projectId = scopeOf(caller, named);
    if (projectId !== null) return { projectId, scope: database.asTenant(tenantOf({ ...caller, projectId })) };
    await requireOperator(database, caller);
    return { projectId, scope: database };
  }
}
