import type { FastifyInstance, FastifyRequest } from "fastify";
import {
  admitDelivery,
  findHooks,
  InboundLimit,
  type IntegrationServices,
  receiveDelivery,
} from "../../../domains/integration/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { sendError, toCulpritError } from "../error-reply.ts";

/** The largest delivery of a vendor; GitHub's own limit is 25 MB, what triggers can use is far below. */
export const BODY_BYTES_MAX = 5 * 1024 * 1024;

/** Who tells of deployments at the addresses that document 1 has. */
const deploymentSources = ["vercel", "github"] as const;

export interface HookDeps {
  readonly integrations: IntegrationServices;
  readonly webhooksPerMinute: number;
}

/**
 * Where vendors send their webhooks, `POST /hooks/i/:token`. No key, no session: each vendor's own signature says who calls.
 * It is answered when the delivery is stored.
 */
export function registerHookRoutes(app: FastifyInstance, { integrations, webhooksPerMinute }: HookDeps): void {
  const limit = new InboundLimit(webhooksPerMinute);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: BODY_BYTES_MAX }, (_request, body, done) =>
    done(null, body),
  );
  app.setErrorHandler((thrown: { readonly statusCode?: number }, request, reply) => {
    const error =
      thrown.statusCode === 413
        ? new CulpritError("PAYLOAD_TOO_LARGE", `A delivery may have ${BODY_BYTES_MAX} bytes at most.`)
        : toCulpritError(thrown, BODY_BYTES_MAX);
    if (error.status >= 500)
      integrations.log.error({ err: thrown, requestId: request.id }, "taking a delivery of a vendor failed");
    return sendError(reply, error);
  });

  // Before the body is read: an unknown address and a flood cost nothing but a look-up.
  const onRequest = (request: FastifyRequest<{ Params: { token: string } }>) =>
    admitDelivery(integrations, limit, request.params.token);
  // Document 1's addresses. The project stands in the query, because nothing in a delivery of a platform names it.
  app.post<{ Params: { source: string }; Querystring: { project?: string } }>(
    "/api/webhooks/:source",
    async (request, reply) => {
      const { headers, query, params } = request;
      const named = params.source === "deployment" ? textsOf(headers)["x-deployment-source"] : params.source;
      const type = deploymentSources.find((one) => one === named?.toLowerCase());
      if (type === undefined)
        throw new CulpritError(
          "INVALID_REQUEST",
          `No deployments are taken from ${JSON.stringify(named ?? "nobody")}. Send to /api/webhooks/vercel or /api/webhooks/github, or to /api/webhooks/deployment with the header x-deployment-source: vercel or github.`,
          { details: { field: "x-deployment-source", provided: named } },
        );
      const tokens = await findHooks(integrations, { type, project: textsOf(query).project });
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const call = { headers: textsOf(headers), query: textsOf(query), body };
      for (const [index, token] of tokens.entries()) {
        await admitDelivery(integrations, limit, token);
        try {
          const answer = await receiveDelivery(integrations, { token, request: call });
          return reply.code(answer.status).send(answer.body);
        } catch (error) {
          // Each integration has a secret of its own: the call may be for the next.
          const isForAnother = error instanceof CulpritError && error.code === "WRONG_SIGNATURE";
          if (!isForAnother || index === tokens.length - 1) throw error;
        }
      }
      return reply.code(202).send({ status: "ignored" });
    },
  );

  app.post<{ Params: { token: string } }>("/hooks/i/:token", { onRequest }, async (request, reply) => {
    const answer = await receiveDelivery(integrations, {
      token: request.params.token,
      request: {
        headers: textsOf(request.headers),
        query: textsOf(request.query as Record<string, unknown>),
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      },
    });
    return reply.code(answer.status).send(answer.body);
  });
}

/** One text for each name; of several the first, so that nobody hides one behind another. */
function textsOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const one: unknown = Array.isArray(value) ? value[0] : value;
      return typeof one === "string" ? [[name, one]] : [];
    }),
  );
}
