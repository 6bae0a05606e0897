import { changeListQuerySchema, serviceListQuerySchema, servicePathsInputSchema } from "@culprit/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import { declarePaths, listChanges, listServices } from "../../../domains/change/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { requireCaller } from "../authenticate.ts";
import { scopeOf, tenantOf } from "../caller-scope.ts";
import { readList } from "../read-list.ts";

export interface ChangeRouteDeps {
  readonly database: Database;
  readonly keys: KeyRing;
}

/** What runs where, and what people changed. */
export function registerChangeRoutes(app: FastifyInstance, { database, keys }: ChangeRouteDeps): void {
  const callerOf = (request: FastifyRequest) => requireCaller(request, { db: database.db, keys });

  app.get("/api/services", async (request, reply) => {
    const caller = await callerOf(request);
    const { project, ...filter } = serviceListQuerySchema.parse(request.query);
    const projectId = scopeOf(caller, project);
    return readList({ database, request, reply }, caller, (db) => listServices(db, { ...filter, projectId }));
  });

  app.put<{ Params: { id: string } }>("/api/services/:id/paths", async (request) => {
    const caller = await callerOf(request);
    const { paths } = servicePathsInputSchema.parse(request.body);
    const serviceId = fromPublicId("svc", request.params.id);
    return { paths: await declarePaths(database.asTenant(tenantOf(caller)), { serviceId, paths }) };
  });

  app.get("/api/changes", async (request, reply) => {
    const caller = await callerOf(request);
    const { project, ...filter } = changeListQuerySchema.parse(request.query);
    const projectId = scopeOf(caller, project);
    return readList({ database, request, reply }, caller, (db) => listChanges(db, { ...filter, projectId }));
  });
}
