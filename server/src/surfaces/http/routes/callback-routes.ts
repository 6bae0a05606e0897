import type { FastifyInstance } from "fastify";
import { sessionUser } from "../../../domains/access/index.ts";
import {
  type CallbackResult,
  carryOutCallback,
  describeCallback,
  type IntegrationServices,
} from "../../../domains/integration/index.ts";
import { SESSION_COOKIE } from "../authenticate.ts";
import { callbackPage } from "../callback-page.ts";

type Params = { readonly Params: { readonly token: string } };

const statusOf: Readonly<Record<CallbackResult["outcome"], number>> = {
  done: 200,
  used: 409,
  decided: 409,
  no_cause: 409,
  expired: 410,
  invalid: 404,
};
const headingOf: Readonly<Record<CallbackResult["outcome"], string>> = {
  done: "Done",
  used: "Pressed before",
  decided: "Decided already",
  no_cause: "No cause to decide on",
  expired: "Too old",
  invalid: "No such button",
};

/**
 * The pages behind the links under a message. GET only asks, because previews and scanners of mail open links too; POST carries
 * it out, once. The token says what may be done; who is signed in is named, and nobody has to be.
 */
export function registerCallbackRoutes(
  app: FastifyInstance,
  { integrations }: { readonly integrations: IntegrationServices },
): void {
  app.removeAllContentTypeParsers();
  // The form has no fields.
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: 1024 }, (_request, _body, done) => done(null, null));

  app.get<Params>("/callbacks/:token", async (request, reply) => {
    const result = await describeCallback(integrations, request.params.token);
    reply.header("cache-control", "no-store").type("text/html; charset=utf-8");
    if (result.question === null) return reply.code(statusOf[result.outcome]).send(pageOf(result));
    return reply.send(
      callbackPage({
        heading: result.question,
        text: result.message,
        button: "Yes",
        incidentUrl: urlOf(result.incidentId),
      }),
    );
  });

  app.post<Params>("/callbacks/:token", async (request, reply) => {
    const session = request.cookies[SESSION_COOKIE];
    const user = session === undefined ? null : await sessionUser(integrations.database.db, session);
    const result = await carryOutCallback(integrations, {
      token: request.params.token,
      projectId: null,
      actor: user === null ? null : { type: "user", id: user.userId },
    });
    reply.header("cache-control", "no-store").type("text/html; charset=utf-8");
    return reply.code(statusOf[result.outcome]).send(pageOf(result));
  });
}

function pageOf({ outcome, message, incidentId }: CallbackResult): string {
  return callbackPage({ heading: headingOf[outcome], text: message, button: null, incidentUrl: urlOf(incidentId) });
}

function urlOf(incidentId: string | null): string | null {
  return incidentId === null ? null : `/incidents/${incidentId}`;
}
