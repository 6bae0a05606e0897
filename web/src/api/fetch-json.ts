import type { z } from "zod";
import { ApiFailure } from "./api-failure.ts";
import { explainFailure } from "./explain-failure.ts";

interface FetchOptions {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * What the API answered, checked against the contract.
 * @throws {ApiFailure} for every answer that is not a success, for no answer, and for one of another shape.
 */
export async function fetchJson<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  { method = "GET", body, signal }: FetchOptions = {},
): Promise<z.output<Schema>> {
  const reply = await send(path, method, body, signal);
  const answer: unknown = await reply.json().catch(() => null);
  if (!reply.ok) throw explainFailure(reply.status, answer);
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join(".") || "the answer itself";
  throw new ApiFailure(
    reply.status,
    "UNEXPECTED_ANSWER",
    `The server answered in a shape that this page does not know: ${field}: ${issue?.message ?? "not as agreed"}.`,
    "The page may be older than the server. Load it again.",
  );
}

async function send(path: string, method: string, body: unknown, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      credentials: "same-origin",
      headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiFailure(0, "UNREACHABLE", "Culprit does not answer.", "Check that it runs. This page keeps trying.");
  }
}
