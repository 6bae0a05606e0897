import { type DatabaseCheckReply, upkeepRunQuerySchema } from "@culprit/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import {
  checkInstallation,
  databaseStats,
  listRuns,
  type ProcessFacts,
  readOperations,
  type UpkeepDeps,
} from "../../../domains/upkeep/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId, toPublicId } from "../../../platform/ids/ids.ts";
import { requireCaller } from "../authenticate.ts";
import { requireOperator } from "../require-operator.ts";

export interface OperationsDeps {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly upkeep: UpkeepDeps;
  readonly facts: ProcessFacts;
}

/** The installation itself: for people who may see the house project, its owner and members. */
export function registerOperationsRoutes(
  app: FastifyInstance,
  { database, keys, upkeep, facts }: OperationsDeps,
): void {
  const operatorsOnly = async (request: FastifyRequest) =>
    requireOperator(database, await requireCaller(request, { db: database.db, keys }));

  app.get("/api/operations", async (request) => {
    await operatorsOnly(request);
    return readOperations(database, facts);
  });

  app.get("/api/operations/database", async (request) => {
    await operatorsOnly(request);
    return databaseStats(upkeep);
  });

  app.get("/api/operations/runs", async (request) => {
    await operatorsOnly(request);
    const { kind, limit, cursor } = upkeepRunQuerySchema.parse(request.query);
    const after = cursor === undefined ? undefined : fromPublicId("run", cursor);
    return listRuns(database.db, { kind, limit, cursor: after });
  });

  app.post("/api/operations/check", async (request) => {
    await operatorsOnly(request);
    const run = await checkInstallation(upkeep);
    if (run === null) throw new CulpritError("CONFLICT", "A check is under way. Wait a moment, then read its result.");
    const answer: DatabaseCheckReply = {
      run_id: toPublicId("run", run.runId),
      findings: [...run.details.findings],
    };
    return answer;
  });
}
