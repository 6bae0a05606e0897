import { learningQuerySchema } from "@culprit/contract";
import type { FastifyInstance } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import { reportLearning } from "../../../domains/investigation/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { requireCaller } from "../authenticate.ts";
import { projectOfRequest } from "../caller-scope.ts";

/** How right the answers were by what people said, and what was learnt from it. */
export function registerLearningRoutes(
  app: FastifyInstance,
  { database, keys }: { readonly database: Database; readonly keys: KeyRing },
): void {
  app.get("/api/learning", async (request) => {
    const caller = await requireCaller(request, { db: database.db, keys });
    const { weeks } = learningQuerySchema.parse(request.query);
    const { projectId, scope } = projectOfRequest(request, caller, database);
    return scope.snapshot((tx) => reportLearning(tx, { projectId, weeks, now: new Date() }));
  });
}
