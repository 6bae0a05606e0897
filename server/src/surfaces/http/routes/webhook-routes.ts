import type { FastifyInstance } from "fastify";
import {
  CallRate,
  receiveWebhookCall,
  WEBHOOK_BODY_BYTES_MAX,
  type WebhookDeps,
} from "../../../domains/workflow/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { Log } from "../../../platform/log/log.ts";
import { sendError, toCulpritError } from "../error-reply.ts";

/** Calls of one webhook in a second, and at once. */
const CALLS = { perSecond: 10, burst: 50 };

/**
 * The addresses of webhook triggers, `POST /hooks/w/:token`. A call is refused by its rate before its body is read, and is
 * answered when its event and its execution are stored. No key, no session: the signature says who calls.
 */
export function registerWebhookRoutes(app: FastifyInstance, deps: WebhookDeps & { readonly log: Log }): void {
  const rate = new CallRate(CALLS);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: WEBHOOK_BODY_BYTES_MAX }, (_request, body, done) =>
    done(null, body),
  );
  app.setErrorHandler((thrown: { readonly statusCode?: number }, request, reply) => {
    const error =
      thrown.statusCode === 413
        ? new CulpritError("PAYLOAD_TOO_LARGE", `A call may have ${WEBHOOK_BODY_BYTES_MAX} bytes at most.`)
        : toCulpritError(thrown, WEBHOOK_BODY_BYTES_MAX);
    if (error.status >= 500) deps.log.error({ err: thrown, requestId: request.id }, "a webhook call failed");
    return sendError(reply, error);
  });

  app.post<{ Params: { token: string }; Querystring: Record<string, unknown> }>(
    "/hooks/w/:token",
    { onRequest: async ({ params }) => rate.take(params.token) },
    async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const { headers, query } = request;
      const answer = await receiveWebhookCall(deps, { token: request.params.token, headers, query, body });
      if (answer.isRepeated) reply.header("x-culprit-repeated", "true");
      return reply.code(answer.status).send(answer.body);
    },
  );
}
