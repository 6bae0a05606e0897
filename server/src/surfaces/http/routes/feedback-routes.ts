import { feedbackInputSchema } from "@culprit/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import { listFeedback, recordFeedback } from "../../../domains/investigation/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import type { Queue } from "../../../platform/queue/queue.ts";
import { actorOf } from "../actor-of.ts";
import { type Caller, requireCaller } from "../authenticate.ts";
import { tenantOf } from "../caller-scope.ts";

export interface FeedbackDeps {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly queue: Queue;
}

/** What people and programs say about an incident: the log of it, and a further entry. */
export function registerFeedbackRoutes(app: FastifyInstance, { database, keys, queue }: FeedbackDeps): void {
  const callerOf = (request: FastifyRequest) => requireCaller(request, { db: database.db, keys });
  const visibleTo = (caller: Caller) => database.asTenant(tenantOf(caller));

  app.get<{ Params: { id: string } }>("/api/incidents/:id/feedback", async (request) => {
    const caller = await callerOf(request);
    const incidentId = fromPublicId("inc", request.params.id);
    return visibleTo(caller).snapshot((tx) => listFeedback(tx, incidentId));
  });

  app.post<{ Params: { id: string } }>("/api/incidents/:id/feedback", async (request, reply) => {
    const caller = await callerOf(request);
    const event = feedbackInputSchema.parse(request.body);
    const incidentId = fromPublicId("inc", request.params.id);
    const recorded = await recordFeedback(visibleTo(caller), queue, { incidentId, actor: actorOf(caller), event });
    return reply.code(201).send(recorded);
  });
}
