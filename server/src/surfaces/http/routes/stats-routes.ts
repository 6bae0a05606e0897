import { statsQuerySchema } from "@culprit/contract";
import type { FastifyInstance } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import { readFigures } from "../../../domains/repair/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { requireCaller } from "../authenticate.ts";
import { projectOfRequest } from "../caller-scope.ts";

/** What became of a project's incidents: rates, and how long each step took. */
export function registerStatsRoutes(
  app: FastifyInstance,
  { database, keys }: { readonly database: Database; readonly keys: KeyRing },
): void {
  app.get("/api/stats", async (request) => {
    const caller = await requireCaller(request, { db: database.db, keys });
    const { days } = statsQuerySchema.parse(request.query);
    const { projectId, scope } = projectOfRequest(request, caller, database);
    return scope.snapshot((tx) => readFigures(tx, { projectId, days, now: new Date() }));
  });
}
