import type { FastifyInstance, FastifyRequest } from "fastify";
import { hasGitHubApp, InboundLimit, receiveAppDelivery } from "../../../domains/integration/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { BODY_BYTES_MAX, type HookDeps } from "./hook-routes.ts";

/** Where the webhook of our GitHub App calls, `POST /hooks/github/:appId`: stored for each of its integrations before the answer. */
export function registerGitHubHookRoutes(app: FastifyInstance, { integrations, webhooksPerMinute }: HookDeps): void {
  const limit = new InboundLimit(webhooksPerMinute);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: BODY_BYTES_MAX }, (_request, body, done) =>
    done(null, body),
  );
  // Before the body is read: an app that is not there and a flood cost nothing but a look-up.
  const onRequest = async (request: FastifyRequest<{ Params: { appId: string } }>) => {
    const githubAppId = fromPublicId("int", request.params.appId);
    if (!(await hasGitHubApp(integrations, githubAppId)))
      throw new CulpritError("NOT_FOUND", "There is no such GitHub App here. Set one up at /github/setup.");
    limit.take(githubAppId, integrations.now());
  };
  app.post<{ Params: { appId: string } }>("/hooks/github/:appId", { onRequest }, async (request, reply) => {
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
