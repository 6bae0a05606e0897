import { type DatabaseCheckReply, upkeepRunQuerySchema } from "@culprit/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { houseProject, type KeyRing } from "../../../domains/access/index.ts";
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
  /** @throws CulpritError FORBIDDEN for keys and for people who run projects here and not the installation. */
  const requireOperator = async (request: FastifyRequest) => {
    const caller = await requireCaller(request, { db: database.db, keys });
    await houseProject(database.db);
    const seen =
      caller.kind === "user" &&
      (await database
        .asTenant({ userId: caller.userId, projectId: null })
        .db.selectFrom("projects")
        .select("id")
        .where("is_house", "=", true)
        .executeTakeFirst());
    if (seen) return;
    throw new CulpritError(
      "FORBIDDEN",
      "This is about the whole installation. Sign in as the person who runs it (`culprit login-link`).",
    );
  };

  app.get("/api/operations", async (request) => {
    await requireOperator(request);
    return readOperations(database, facts);
  });

  app.get("/api/operations/database", async (request) => {
    await requireOperator(request);
    return databaseStats(upkeep);
  });

  app.get("/api/operations/runs", async (request) => {
    await requireOperator(request);
    const { kind, limit, cursor } = upkeepRunQuerySchema.parse(request.query);
    const after = cursor === undefined ? undefined : fromPublicId("run", cursor);
    return listRuns(database.db, { kind, limit, cursor: after });
  });

  app.post("/api/operations/check", async (request) => {
    await requireOperator(request);
    const run = await checkInstallation(upkeep);
    if (run === null) throw new CulpritError("CONFLICT", "A check is under way. Wait a moment, then read its result.");
    const answer: DatabaseCheckReply = {
      run_id: toPublicId("run", run.runId),
      findings: [...run.details.findings],
    };
    return answer;
  });
}
