import { request } from "node:http";
import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readToEnd } from "./read-to-end.ts";

const app = Fastify({ bodyLimit: 1024 });
beforeAll(async () => {
  app.addHook("onSend", (req, reply, payload, done) => {
    if (reply.statusCode === 413) readToEnd(req, reply);
    done(null, payload);
  });
  app.post("/", async () => ({ ok: true }));
  await app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(() => app.close());

/** The status that a client reads that begins to read only when all is sent; an error where it could not send all. */
function post(megabytes: number, headers: Record<string, string> = {}): Promise<number> {
  const { port } = app.server.address() as AddressInfo;
  return new Promise((done, fail) => {
    const sending = request({
      host: "127.0.0.1",
      port,
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
    });
    sending.on("error", fail);
    const answered = new Promise<number>((seen) =>
      sending.on("response", (reply) => seen(reply.resume().statusCode ?? 0)),
    );
    const chunk = Buffer.alloc(1024 * 1024, 32);
    let left = megabytes;
    const send = (): void => {
      if (left === 0) return void sending.end(() => answered.then(done));
      left -= 1;
      sending.write(chunk, (error) => (error ? fail(error) : setImmediate(send)));
    };
    send();
  });
}

test("who sends too much sends to the end and reads why it was refused, with and without a length", async () => {
  expect(await post(6, { "content-length": String(6 * 1024 * 1024) })).toBe(413);
  expect(await post(6)).toBe(413);
});

test("who goes on without an end is cut off", async () => {
  await expect(post(200)).rejects.toThrow(/ECONNRESET|EPIPE|hang up/);
});
