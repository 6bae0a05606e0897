import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

/**
 * A fake of the one operation of the OpenAI API that Culprit uses, `POST /chat/completions`, after its published description
 * (https://github.com/openai/openai-openapi, CreateChatCompletionRequest and CreateChatCompletionResponse). What a test's script gives is
 * the answer; a request that the description does not allow is answered 400, as OpenAI does.
 */
const requestSchema = z.strictObject({
  model: z.string().min(1),
  messages: z
    .array(
      z.strictObject({
        role: z.enum(["system", "user", "assistant", "developer"]),
        content: z.union([z.string(), z.array(z.strictObject({ type: z.literal("text"), text: z.string() }))]),
      }),
    )
    .min(1),
  max_tokens: z.number().int().positive().optional(),
  temperature: z.number().min(0).max(2).optional(),
  response_format: z.strictObject({ type: z.enum(["text", "json_object"]) }).optional(),
});
export type ChatRequest = z.infer<typeof requestSchema>;

/** What the fake does with a request. */
export type ChatReply =
  | {
      readonly text: string;
      readonly usage?: { readonly in: number; readonly out: number } | null;
      readonly finish?: "stop" | "length";
    }
  | { readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[]; readonly text?: string }
  | { readonly status: number; readonly message: string; readonly headers?: Readonly<Record<string, string>> }
  /** Nothing is ever answered. */
  | { readonly hangs: true }
  /** A body that has no end. */
  | { readonly endless: true }
  /** Sent as it is, with status 200. */
  | { readonly body: string };

export interface FakeOpenAi {
  readonly url: string;
  readonly apiKey: string;
  readonly requests: ChatRequest[];
  /** Paths that were asked for and are not the operation. */
  readonly strayed: string[];
  close(): Promise<void>;
}

/** Starts it on a free port; `script` answers each request. */
export async function startFakeOpenAi(
  script: (request: ChatRequest, count: number) => ChatReply | Promise<ChatReply>,
): Promise<FakeOpenAi> {
  const apiKey = "sk-fake-1f0b7d5c9e2a4863";
  const requests: ChatRequest[] = [];
  const strayed: string[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    if (request.method !== "POST" || request.url !== "/v1/chat/completions") {
      strayed.push(`${request.method} ${request.url}`);
      return fail(response, 404, "Unknown request URL.");
    }
    if (request.headers.authorization !== `Bearer ${apiKey}`)
      return fail(response, 401, `Incorrect API key provided: ${request.headers.authorization?.slice(7)}`);
    const parsed = requestSchema.safeParse(JSON.parse(text));
    if (!parsed.success)
      return fail(response, 400, `Unrecognized request argument: ${parsed.error.issues[0]?.path.join(".")}`);
    requests.push(parsed.data);
    await answer(response, parsed.data, await script(parsed.data, requests.length));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    ...{ apiKey, requests, strayed },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function answer(response: ServerResponse, request: ChatRequest, reply: ChatReply): Promise<void> {
  if ("hangs" in reply) return;
  if ("status" in reply) return fail(response, reply.status, reply.message, reply.headers);
  response.writeHead(200, { "content-type": "application/json" });
  if ("body" in reply) return void response.end(reply.body);
  if ("endless" in reply) {
    response.write('{"id": "chatcmpl-1", "choices": [{"message": {"content": "');
    const line = "a".repeat(65_536);
    const closed = new Promise((end) => response.once("close", end));
    while (!response.destroyed) {
      if (!response.write(line)) await Promise.race([new Promise((end) => response.once("drain", end)), closed]);
    }
    return;
  }
  const isTools = "toolCalls" in reply;
  const calls = isTools
    ? reply.toolCalls.map((call, at) => ({
        id: `call_${at}`,
        type: "function",
        function: { name: call.name, arguments: call.arguments },
      }))
    : null;
  const usage = isTools || reply.usage === null ? undefined : (reply.usage ?? { in: 100, out: 20 });
  response.end(
    JSON.stringify({
      ...{ id: "chatcmpl-1", object: "chat.completion", created: 1_700_000_000, model: request.model },
      choices: [
        {
          index: 0,
          finish_reason: isTools ? "tool_calls" : (reply.finish ?? "stop"),
          logprobs: null,
          message: {
            ...{ role: "assistant", content: reply.text ?? null, refusal: null },
            ...(calls === null ? {} : { tool_calls: calls }),
          },
        },
      ],
      ...(usage === undefined
        ? {}
        : { usage: { prompt_tokens: usage.in, completion_tokens: usage.out, total_tokens: usage.in + usage.out } }),
    }),
  );
}

function fail(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const error = {
    message,
    type: status === 429 ? "rate_limit_error" : "invalid_request_error",
    param: null,
    code: null,
  };
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify({ error }));
}

/** Everything that a request shows the model. */
export function shownText({ messages }: ChatRequest): string {
  return messages
    .map(({ content }) => (typeof content === "string" ? content : content.map(({ text }) => text).join("")))
    .join("\n");
}
