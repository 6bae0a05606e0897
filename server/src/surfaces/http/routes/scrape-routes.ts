import {
  type AddedScrapeTarget,
  scrapeTargetInputSchema,
  scrapeTargetListQuerySchema,
  scrapeTargetPatchSchema,
} from "@culprit/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import {
  addScrapeTarget,
  listScrapeTargets,
  removeScrapeTarget,
  switchScrapeTarget,
} from "../../../domains/telemetry/index.ts";
import type { Database } from "../../../platform/db/open-database.ts";
import type { HttpClient } from "../../../platform/http-client/http-client.ts";
import { whyForbidden } from "../../../platform/http-client/why-forbidden.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import type { SecretBox } from "../../../platform/secrets/secret-box.ts";
import { requireCaller } from "../authenticate.ts";
import { projectOfRequest, scopeOf, tenantOf } from "../caller-scope.ts";
import { whoOf } from "../who-of.ts";

export interface ScrapeRouteDeps {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly secretBox: SecretBox;
  readonly http: HttpClient;
}

type ById = { readonly Params: { readonly id: string } };

/** Pages of metrics that Culprit reads itself. */
export function registerScrapeRoutes(app: FastifyInstance, { database, keys, secretBox, http }: ScrapeRouteDeps): void {
  const callerOf = async (request: FastifyRequest) => {
    const caller = await requireCaller(request, { db: database.db, keys });
    return { caller, who: whoOf(caller), scope: database.asTenant(tenantOf(caller)) };
  };

  app.get("/api/scrape-targets", async (request) => {
    const { caller, scope } = await callerOf(request);
    const { project, ...page } = scrapeTargetListQuerySchema.parse(request.query);
    return listScrapeTargets(scope.db, { ...page, projectId: scopeOf(caller, project) });
  });

  app.post("/api/scrape-targets", async (request, reply) => {
    const { caller, who } = await callerOf(request);
    const input = scrapeTargetInputSchema.parse(request.body);
    const { projectId, scope } = projectOfRequest(request, caller, database);
    const target = await addScrapeTarget(scope, secretBox, who, { ...input, projectId });
    const refusal = await whyForbidden(http, target.url);
    const added: AddedScrapeTarget =
      refusal === null ? target : { ...target, warning: `This server will not read it: ${refusal}` };
    return reply.code(201).send(added);
  });

  app.patch<ById>("/api/scrape-targets/:id", async (request) => {
    const { who, scope } = await callerOf(request);
    const { is_enabled: isEnabled } = scrapeTargetPatchSchema.parse(request.body);
    return switchScrapeTarget(scope, who, { id: fromPublicId("scr", request.params.id), isEnabled });
  });

  app.delete<ById>("/api/scrape-targets/:id", async (request) => {
    const { who, scope } = await callerOf(request);
    await removeScrapeTarget(scope, who, fromPublicId("scr", request.params.id));
    return { success: true };
  });
}
