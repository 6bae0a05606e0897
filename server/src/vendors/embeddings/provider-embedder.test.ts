import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import { providerEmbedder } from "./provider-embedder.ts";

/** A fake of the one operation of the OpenAI API that is used, POST /embeddings: https://platform.openai.com/docs/api-reference/embeddings. */
const asked: { authorization: string | undefined; body: { model: string; input: string[] } }[] = [];
const server = createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  const body = JSON.parse(text) as { model: string; input: string[] };
  asked.push({ authorization: request.headers.authorization, body });
  const answer = (status: number, value: unknown) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  if (request.method !== "POST" || request.url !== "/v1/embeddings")
    return void answer(404, { error: { message: "no such path" } });
  if (request.headers.authorization !== "Bearer sk-secret")
    return void answer(401, {
      error: { message: `Incorrect API key provided: ${request.headers.authorization?.slice(7)}` },
    });
  answer(200, {
    object: "list",
    model: body.model,
    data: body.input.map((one, index) => ({ object: "embedding", index, embedding: [one.length, 3, 4] })),
    usage: { prompt_tokens: 1, total_tokens: 1 },
  });
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
afterAll(() => void server.close());

test("texts become vectors of length 1 in their order, by the model and with the key of the settings", async () => {
  const vectors = await providerEmbedder({ model: "small-3", url, apiKey: "sk-secret" }).embed(["", "four"]);
  expect(vectors.map((vector) => [...vector].map((x) => x.toFixed(2)))).toEqual([
    ["0.00", "0.60", "0.80"],
    ["0.62", "0.47", "0.62"],
  ]);
  expect(asked.at(-1)).toMatchObject({
    authorization: "Bearer sk-secret",
    body: { model: "small-3", input: ["", "four"] },
  });
});

test("a refusal is told with the provider's words and what to check, and never with the key", async () => {
  const error = await providerEmbedder({ model: "small-3", url, apiKey: "sk-wrong" })
    .embed(["a"])
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "ENGINE_UNAVAILABLE" });
  const { message, cause } = error as Error;
  expect(message).toContain("Incorrect API key provided: [key]");
  expect(message).toContain("EMBEDDING_API_KEY");
  expect(cause).toBeUndefined();
});

test("no texts ask nobody", async () => {
  expect(await providerEmbedder({ model: "m", url: "http://127.0.0.1:9/v1", apiKey: "" }).embed([])).toEqual([]);
});
