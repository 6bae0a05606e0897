import type { FastifyInstance } from "fastify";
import { type IntegrationServices, receiveAppDelivery } from "../../../domains/integration/index.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";

/** GitHub cuts what is larger itself: https://docs.github.com/webhooks/webhook-events-and-payloads#payload-cap */
const BODY_BYTES_MAX = 25 * 1024 * 1024;

/** Where the webhook of our GitHub App calls, `POST /hooks/github/:appId`: stored for each of its integrations before the answer. */
export function registerGitHubHookRoutes(app: FastifyInstance, integrations: IntegrationServices): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: BODY_BYTES_MAX }, (_request, body, done) =>
    done(null, body),
  );
  app.post<{ Params: { appId: string } }>("/hooks/github/:appId", async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(", ") : (value ?? ""),
      ]),
    );
    const githubAppId = fromPublicId("int", request.params.appId);
    const taken = await receiveAppDelivery(integrations, { githubAppId, request: { headers, query: {}, body } });
    return reply.code(202).send({ status: taken.stored > 0 ? "accepted" : "repeated_or_of_no_integration", ...taken });
  });
}
