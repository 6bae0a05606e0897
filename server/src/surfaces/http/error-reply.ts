import { type ErrorBody, errorCodes } from "@culprit/contract";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ZodError } from "zod";
import { mapDatabaseError } from "../../platform/db/map-database-error.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import type { Log } from "../../platform/log/log.ts";

/** The one mapping of this surface from what was thrown to an answer. Nothing unexpected reaches the caller in words. */
export function toCulpritError(thrown: unknown, bodyBytesMax: number): CulpritError {
  const mapped = mapDatabaseError(thrown);
  if (mapped instanceof CulpritError) return mapped;
  if (mapped instanceof ZodError) return fromZod(mapped);
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

/** Names the first field that is wrong, what came, and what it should have been. */
export function fromZod(error: ZodError): CulpritError {
  const issue = error.issues[0];
  const field = issue?.path.map(String).join(".") ?? "";
  const reason = inPlainWords(issue?.message ?? "does not have the documented shape");
  return new CulpritError("INVALID_REQUEST", field === "" ? `The body ${reason}.` : `${field}: ${reason}.`, {
    ...(field === "" ? {} : { details: { field } }),
    cause: error,
  });
}

/** The schema's words for a value of the wrong kind, as a person says them. */
function inPlainWords(message: string): string {
  const [, expected = "", received = ""] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (expected === "") return message.replace(/^Unrecognized (keys?): /, "has unknown $1 ");
  return received === "undefined"
    ? `is missing; it must be ${kindOf(expected)}`
    : `must be ${kindOf(expected)}, not ${kindOf(received)}`;
}

function kindOf(name: string): string {
  const known: Readonly<Record<string, string>> = { record: "an object", int: "a whole number", null: "null" };
  return known[name] ?? `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}

/** Answers every error of the server in the documented form, and logs the unexpected ones. */
export function replyWithErrors(app: FastifyInstance, log: Log, bodyBytesMax: number): void {
  app.setErrorHandler((thrown: unknown, request, reply) => {
    const error = toCulpritError(thrown, bodyBytesMax);
    if (error.status >= 500)
      log.error(
        { err: thrown, requestId: request.id, method: request.method, route: request.routeOptions.url },
        "a request failed",
      );
    return sendError(reply, error);
  });
  app.setNotFoundHandler((request: FastifyRequest, reply) => {
    return sendError(
      reply,
      new CulpritError("NOT_FOUND", `There is no ${request.method} ${request.url.split("?")[0]?.slice(0, 200)}.`),
    );
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
