import type { FastifyInstance } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import { findIncident } from "../../../domains/incident/index.ts";
import { loadAutopsies } from "../../../domains/repair/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { requireCaller } from "../authenticate.ts";
import { tenantOf } from "../caller-scope.ts";

export interface AutopsyDeps {
  readonly database: Database;
  readonly keys: KeyRing;
}

/** What autopsies of an incident said, what they were given, and what they cost. */
export function registerAutopsyRoutes(app: FastifyInstance, { database, keys }: AutopsyDeps): void {
  app.get<{ Params: { id: string } }>("/api/incidents/:id/autopsies", async (request) => {
    const caller = await requireCaller(request, { db: database.db, keys });
    return database.asTenant(tenantOf(caller)).snapshot(async (tx) => {
      const { id } = await findIncident(tx, fromPublicId("inc", request.params.id), caller.projectId);
      return loadAutopsies(tx, id);
    });
  });
}
