import { z } from "zod";
import { type Effect, EffectRefused } from "../../domains/workflow/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { type HttpAnswer, HttpUncertain } from "../../platform/http-client/http-client.ts";
import { action } from "./action-services.ts";
import { outward } from "./shared/outward.ts";

const bodyKeptMax = 262_144;

export default action({
  name: "http_request",
  title: "Call an address",
  summary:
    "Makes one HTTP request. GET is read only; PUT and DELETE may be repeated; POST and PATCH are made at most once, unless the other side takes an idempotency key in a header.",
  group: "data",
  input: z.strictObject({
    method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).default("GET").describe("The method."),
    url: z
      .url({ protocol: /^https?$/ })
      .max(8000)
      .describe("The address. Private networks are refused unless the settings allow them."),
    headers: z
      .record(z.string().max(200), z.string().max(10_000))
      .default({})
      .describe("Headers; secrets come by templates and are not stored."),
    body: z.unknown().optional().describe("What is sent: text as it is, everything else as JSON."),
    expected_status: z
      .array(z.number().int().min(100).max(599))
      .max(50)
      .default([])
      .describe("Statuses that are well. Empty: 200 to 299."),
    timeout: z.number().min(0.1).max(60).default(10).describe("Seconds for the whole exchange."),
    idempotency_key_header: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,100}$/)
      .optional()
      .describe("The header in which the other side takes a key that makes one effect of two calls."),
  }),
  output: z.object({
    status: z
      .number()
      .int()
      .nullable()
      .describe("The status of the answer; null where no answer came and a person said that the call was made."),
    headers: z.record(z.string(), z.string()).describe("Its headers, names in lower case; cookies left out."),
    body: z.string().describe("Its text, at most 256 KiB."),
    json: z.unknown().describe("The same read as JSON; null where it is none."),
  }),
  repeat: "atMostOnce",
  async run(input, ctx, services) {
    const request = {
      method: input.method,
      url: input.url,
      headers: input.headers,
      timeoutMs: input.timeout * 1000,
      ...bodyOf(input.body, input.headers),
    };
    if (input.method === "GET") {
      if (input.body !== undefined)
        throw new CulpritError("INVALID_REQUEST", "A GET carries no body: leave it out, or use another method.", {
          details: { field: "body" },
        });
      const answer = await services.http.request({ ...request, signal: ctx.signal });
      refuseUnexpected(answer, input.expected_status);
      return outputOf(answer);
    }
    const { idempotency_key_header: keyHeader } = input;
    const repeat = repeatOf(input.method, keyHeader);
    const made = await outward(ctx, {
      key: "request",
      kind: "http_request",
      recipient: originOf(input.url),
      // Headers hold tokens more often than not: their names are enough to tell what was sent.
      request: {
        method: input.method,
        url: originOf(input.url),
        headers: Object.keys(input.headers),
        body: input.body ?? null,
      },
      repeat,
      async send({ idempotencyKey, signal }) {
        const headers = keyHeader === undefined ? request.headers : { ...request.headers, [keyHeader]: idempotencyKey };
        const answer = await services.http.request({ ...request, headers, signal });
        const isWell = isExpected(answer, input.expected_status);
        // A gateway that gave up, or a fault half way, says nothing of what was done.
        if (!isWell && isOpen(answer.status) && repeat === "atMostOnce")
          throw new HttpUncertain(`It answered ${answer.status}, which leaves open whether it did what was asked.`);
        refuseUnexpected(answer, input.expected_status);
        return { externalRef: null, response: outputOf(answer) };
      },
    });
    // Empty where nobody heard the answer and a person settled it.
    const {
      status = null,
      headers = {},
      body = "",
      json = null,
    } = made.response as Partial<ReturnType<typeof outputOf>>;
    return { status, headers, body, json };
  },
});

function repeatOf(method: string, keyHeader: string | undefined): Effect["repeat"] {
  return method === "PUT" || method === "DELETE" || keyHeader !== undefined ? "idempotent" : "atMostOnce";
}

function bodyOf(body: unknown, headers: Readonly<Record<string, string>>) {
  if (body === undefined) return {};
  const isTyped = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  if (typeof body === "string") return { body };
  return {
    body: JSON.stringify(body),
    ...(isTyped ? {} : { headers: { ...headers, "content-type": "application/json" } }),
  };
}

function isExpected({ status }: HttpAnswer, expected: readonly number[]): boolean {
  return expected.length === 0 ? status >= 200 && status < 300 : expected.includes(status);
}

/** A server's fault; 503 is its refusal to begin. */
function isOpen(status: number): boolean {
  return status >= 500 && status !== 503;
}

/** The other side answered otherwise than expected: it did not do what was asked. */
function refuseUnexpected(answer: HttpAnswer, expected: readonly number[]): void {
  if (isExpected(answer, expected)) return;
  const { status, headers, body } = answer;
  const wanted = expected.length === 0 ? "200 to 299" : expected.join(", ");
  const seconds = Number(headers["retry-after"]);
  throw new EffectRefused(`It answered ${status}, expected was ${wanted}: ${body.slice(0, 300)}`, {
    isWorthRetrying: status === 408 || status === 425 || status === 429 || status >= 500,
    retryAfterS: Number.isFinite(seconds) && seconds >= 0 ? seconds : null,
  });
}

function outputOf({ status, headers, body }: HttpAnswer) {
  const kept = body.slice(0, bodyKeptMax);
  const { "set-cookie": _cookies, ...plain } = headers;
  return { status, headers: plain, body: kept, json: body.length > bodyKeptMax ? null : jsonOf(kept) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Scheme and host: all else of an address may be a secret, as the path of a chat's webhook is. */
function originOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
