import { type ErrorBody, errorCodes } from "@culprit/contract";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ZodError } from "zod";
import { mapDatabaseError } from "../../platform/db/map-database-error.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { fromZod } from "../../platform/errors/from-zod.ts";
import type { Log } from "../../platform/log/log.ts";

/** The one mapping of this surface from what was thrown to an answer. Nothing unexpected reaches the caller in words; `of` is what the request is told by. */
export function toCulpritError(thrown: unknown, bodyBytesMax: number, of: "body" | "query" = "body"): CulpritError {
  const mapped = mapDatabaseError(thrown);
  if (mapped instanceof CulpritError) return mapped;
  if (mapped instanceof ZodError) return fromZod(mapped, of);
  const { statusCode, message } = (mapped ?? {}) as Partial<FastifyError>;
  switch (statusCode) {
    case 400:
      return new CulpritError("MALFORMED_BODY", message ?? "The request is malformed.", { cause: mapped });
    case 413:
      return new CulpritError(
        "PAYLOAD_TOO_LARGE",
        `The body has more than ${bodyBytesMax} bytes. Send less in one request, or raise the limit where Culprit runs (--body-bytes-max, CULPRIT_BODY_BYTES_MAX).`,
        { cause: mapped },
      );
    case 415:
      return new CulpritError("UNSUPPORTED_MEDIA_TYPE", message ?? "The content type is not known.", { cause: mapped });
    default:
      return new CulpritError(
        "INTERNAL_ERROR",
        "Culprit failed on this request; its log has the details under the request id.",
        { cause: mapped },
      );
  }
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** Answers every error of the server in the documented form, and logs the unexpected ones. */
export function replyWithErrors(app: FastifyInstance, log: Log, bodyBytesMax: number): void {
  const routes: { readonly method: string; readonly path: RegExp }[] = [];
  app.addHook("onRoute", ({ method, url }) => {
    // What takes any path below it, as the page's files do, takes no method away from others.
    if (url.includes("*")) return;
    const path = new RegExp(`^${url.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/:\w+/g, "[^/]+")}$`);
    for (const one of [method].flat()) routes.push({ method: one, path });
  });
  app.setErrorHandler((thrown: unknown, request, reply) => {
    const error = toCulpritError(thrown, bodyBytesMax, request.method === "GET" ? "query" : "body");
    if (error.status >= 500)
      log.error(
        { err: thrown, requestId: request.id, method: request.method, route: request.routeOptions.url },
        "a request failed",
      );
    return sendError(reply, error);
  });
  app.setNotFoundHandler((request: FastifyRequest, reply) => {
    const path = request.url.split("?")[0]?.slice(0, 200) ?? "";
    const taken = new Set(routes.filter((route) => route.path.test(path)).map(({ method }) => method));
    const allowed = methods.filter((method) => taken.has(method));
    if (allowed.length === 0)
      return sendError(reply, new CulpritError("NOT_FOUND", `There is no ${request.method} ${path}.`));
    const message = `${path} takes ${allowed.join(" and ")}, not ${request.method}.`;
    return sendError(reply.header("allow", allowed.join(", ")), new CulpritError("METHOD_NOT_ALLOWED", message));
  });
}

export function sendError(reply: FastifyReply, error: CulpritError) {
  const { field, provided, retryAfterS, problems } = error.details;
  const body: ErrorBody = {
    error: {
      code: error.code,
      message: error.message,
      details: {
        ...(field === undefined ? {} : { field }),
        ...(provided === undefined ? {} : { provided }),
        ...(problems === undefined ? {} : { problems }),
        remedy: errorCodes[error.code].remedy,
      },
    },
  };
  if (retryAfterS !== undefined) reply.header("retry-after", String(retryAfterS));
  if (error.code === "RATE_LIMIT_EXCEEDED" || error.code === "PAYLOAD_TOO_LARGE") reply.header("connection", "close");
  return reply.code(error.status).send(body);
}
