import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { HttpNotSent, HttpUncertain } from "./http-client.ts";
import { openHttpClient } from "./open-http-client.ts";

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

async function listening(server: Server): Promise<number> {
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return (server.address() as AddressInfo).port;
}
const serve = (listener: RequestListener) => listening(createServer(listener));
const tcp = (onSocket: (socket: Socket) => void) => listening(createTcpServer(onSocket));

const local = openHttpClient({ allowPrivate: "127.0.0.1" });
const thrown = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test("an answer comes with its status, headers and text, and a redirect is not followed", async () => {
  const seen: IncomingMessage[] = [];
  const port = await serve((request, response) => {
    seen.push(request);
    request
      .on("data", () => undefined)
      .on("end", () => {
        response.writeHead(302, { location: "http://169.254.169.254/", "X-Two": ["a", "b"] }).end("né");
      });
  });
  const answer = await local.request({
    method: "POST",
    url: `http://127.0.0.1:${port}/a?b=1`,
    headers: { "content-type": "text/plain" },
    body: "ü",
  });
  expect(answer).toMatchObject({ status: 302, body: "né", headers: { "x-two": "a, b" } });
  expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual(["POST /a?b=1"]);
});

test.each([
  "http://127.0.0.1/",
  "http://localhost/",
  "http://2130706433/",
  "http://0x7f.1/",
  "http://0/",
  "http://10.1.2.3/",
  "http://172.16.0.1/",
  "http://192.168.1.1/",
  "http://100.64.0.1/",
  "http://100.100.100.200/latest/meta-data",
  "http://169.254.169.254/latest/meta-data",
  "http://168.63.129.16/",
  "http://192.0.0.192/",
  "http://224.0.0.1/",
  "http://255.255.255.255/",
  "http://198.18.0.1/",
  "http://[::1]/",
  "http://[::]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[::ffff:169.254.169.254]/",
  "http://[::7f00:1]/",
  "http://[64:ff9b::7f00:1]/",
  "http://[2002:7f00:1::]/",
  "http://[fe80::1]/",
  "http://[fd00:ec2::254]/",
  "http://[ff02::1]/",
  "file:///etc/passwd",
  "ftp://example.com/",
  "no url",
  "http://user:hunter2@example.com/",
])("%s is never called", async (url) => {
  const error = await thrown(openHttpClient({ allowPrivate: "" }).request({ method: "GET", url }));
  expect(error).toBeInstanceOf(HttpNotSent);
  expect(error).toMatchObject({ isForbidden: true });
  expect(String(error)).not.toContain("hunter2");
});

test("a name with one private address among public ones is refused, and the connection goes to what was checked", async () => {
  const port = await serve((request, response) => response.end(request.headers.host));
  let asked = 0;
  const rebinding = async (host: string) => {
    asked += 1;
    // The second answer of a hostile name server would be somewhere else.
    return host === "mixed.test" ? ["93.184.215.14", "10.0.0.1"] : [asked === 1 ? "127.0.0.1" : "127.0.0.9"];
  };
  const client = openHttpClient({ allowPrivate: "127.0.0.1/32", lookup: rebinding });
  expect(await client.request({ method: "GET", url: `http://mattermost.test:${port}/` })).toMatchObject({
    body: `mattermost.test:${port}`,
  });
  expect(asked).toBe(1);
  const error = await thrown(client.request({ method: "GET", url: `http://mixed.test:${port}/` }));
  expect(error).toMatchObject({ name: "HttpNotSent", isForbidden: true, message: expect.stringContaining("10.0.0.1") });
});

test("what the setting names may be called, by name or range, and nothing beside it", async () => {
  const port = await serve((_request, response) => response.end("ok"));
  const lookup = async () => ["127.0.0.1"];
  const allowed = (allowPrivate: string, host: string) =>
    thrown(openHttpClient({ allowPrivate, lookup }).request({ method: "GET", url: `http://${host}:${port}/` }));
  expect(await allowed("chat.lan, 10.0.0.0/8", "chat.lan")).toBeUndefined();
  expect(await allowed("10.0.0.0/8, 127.0.0.0/8", "anything.lan")).toBeUndefined();
  expect(await allowed("chat.lan", "other.lan")).toBeInstanceOf(HttpNotSent);
  expect(await allowed("fd00::/8,10.0.0.0/8", "127.0.0.1")).toBeInstanceOf(HttpNotSent);
  for (const wrong of ["10.0.0.0/99", "1.2.3", "fd00::/8x"])
    expect(() => openHttpClient({ allowPrivate: wrong })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

test("a refused connection, an unknown name and a failed TLS handshake were not sent", async () => {
  const closed = await tcp(() => undefined);
  await new Promise((done) => servers.pop()?.close(done));
  const plain = await serve((_request, response) => response.end("plain"));
  const noName = openHttpClient({
    allowPrivate: "",
    lookup: () => Promise.reject(Object.assign(new Error("x"), { code: "ENOTFOUND" })),
  });
  const errors = [
    await thrown(local.request({ method: "POST", url: `http://127.0.0.1:${closed}/secret-path` })),
    await thrown(local.request({ method: "POST", url: `https://127.0.0.1:${plain}/secret-path` })),
    await thrown(noName.request({ method: "POST", url: "https://nowhere.test/secret-path" })),
  ];
  for (const error of errors) {
    expect(error).toBeInstanceOf(HttpNotSent);
    expect(error).toMatchObject({ isForbidden: false });
    expect(String(error)).not.toContain("secret-path");
  }
});

test("of several addresses the next is tried where one does not connect", async () => {
  const port = await serve((_request, response) => response.end("ok"));
  const client = openHttpClient({ allowPrivate: "127.0.0.0/8", lookup: async () => ["127.0.0.7", "127.0.0.1"] });
  expect(await client.request({ method: "GET", url: `http://two.test:${port}/` })).toMatchObject({ body: "ok" });
});

test("a time limit before the connection means not sent, a stop of the caller likewise", async () => {
  const never = openHttpClient({ allowPrivate: "", lookup: () => new Promise(() => undefined) });
  const request = { method: "POST", url: "http://slow.test/" } as const;
  expect(await thrown(never.request({ ...request, timeoutMs: 20 }))).toMatchObject({
    name: "HttpNotSent",
    message: expect.stringContaining("20 ms"),
  });
  expect(await thrown(never.request({ ...request, signal: AbortSignal.abort() }))).toBeInstanceOf(HttpNotSent);
});

test("whatever goes wrong once a request may be written is uncertain: silence, reset, half an answer, garbage, a stop", async () => {
  const silent = await serve(() => undefined);
  const reset = await serve((request) => request.socket.destroy());
  const half = await serve((_request, response) => {
    response.writeHead(200, { "content-length": "100" }).write("half", () => response.destroy());
  });
  const garbage = await tcp((socket) => socket.on("data", () => socket.end("this is not HTTP\r\n\r\n")));
  for (const port of [silent, reset, half, garbage]) {
    const error = await thrown(
      local.request({ method: "POST", url: `http://127.0.0.1:${port}/secret-path`, body: "{}", timeoutMs: 300 }),
    );
    expect(error).toBeInstanceOf(HttpUncertain);
    expect(String(error)).not.toContain("secret-path");
  }
  const stop = new AbortController();
  const stopping = await serve(() => stop.abort());
  const url = `http://127.0.0.1:${stopping}/`;
  expect(await thrown(local.request({ method: "POST", url, signal: stop.signal }))).toBeInstanceOf(HttpUncertain);
});

test("an answer over the limit is uncertain and is not read to its end", async () => {
  let written = 0;
  const port = await serve((_request, response) => {
    const chunk = Buffer.alloc(64 * 1024);
    const more = () => {
      if (response.destroyed || written > 50_000_000) return;
      written += chunk.length;
      response.write(chunk, more);
    };
    more();
  });
  const request = { method: "GET", url: `http://127.0.0.1:${port}/` } as const;
  expect(await thrown(local.request({ ...request, bytesMax: 100_000 }))).toMatchObject({ name: "HttpUncertain" });
  expect(written).toBeLessThan(50_000_000);
});

test("a header that would break out of its line is refused before anything is sent", async () => {
  const port = await serve((_request, response) => response.end());
  const url = `http://127.0.0.1:${port}/`;
  const error = await thrown(local.request({ method: "GET", url, headers: { "x-a": "b\r\nx-evil: 1" } }));
  expect(error).toMatchObject({ name: "HttpNotSent", isForbidden: true });
});
