import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterAll, expect, test } from "vitest";
import type { Connection } from "../../domains/integration/index.ts";
import { openHttpClient } from "../../platform/http-client/open-http-client.ts";
import { plainMessage } from "../conformance-messages.ts";
import { provesProvider } from "../provider-conformance.ts";
import type { Behaviour, FakeVendor } from "../start-fake-vendor.ts";
import { email } from "./provider.ts";
import type { Config, Credentials } from "./settings.ts";

const now = new Date("2026-11-21T10:00:00Z");
const credentials = { user: "mailer-account", password: "correct horse battery" };
const config = { host: "smtp.example.com", security: "none", from: "culprit@example.com", to: ["oncall@example.com"] };

interface Sink extends FakeVendor {
  readonly port: number;
  readonly mails: string[];
  /** What is answered at a command instead of what RFC 5321 says; `drop` closes the connection. */
  readonly replies: Map<string, string>;
}
const sinks: Sink[] = [];
afterAll(() => Promise.all(sinks.map((sink) => sink.close())));

/** A small SMTP server as RFC 5321 and RFC 4954 have it, that keeps what it takes. */
async function startSink(): Promise<Sink> {
  const mails: string[] = [];
  const replies = new Map<string, string>();
  const sockets = new Set<Socket>();
  let how: Behaviour = { kind: "documented" };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    if (how.kind === "hang") return;
    if (how.kind === "reset") return void socket.resetAndDestroy();
    if (how.kind === "garbage") return void socket.end("\0\0 this is no SMTP\r\n");
    if (how.kind === "answer") return void socket.end("421 try later\r\n");
    let [mail, isData, held] = ["", false, ""];
    const say = (command: string, reply: string) => {
      const answer = replies.get(command) ?? reply;
      if (answer === "drop") socket.destroy();
      else socket.write(`${answer}\r\n`);
    };
    say("CONNECT", "220 sink ESMTP");
    socket.on("data", (chunk) => {
      held += chunk.toString("utf8");
      for (let end = held.indexOf("\r\n"); end >= 0; end = held.indexOf("\r\n")) {
        const line = held.slice(0, end);
        held = held.slice(end + 2);
        const verb = line.split(/[ :]/)[0]?.toUpperCase() ?? "";
        if (isData && line === ".") {
          isData = false;
          if (!replies.has("END")) mails.push(mail);
          say("END", "250 kept");
        } else if (isData) mail += `${line}\n`;
        else if (verb === "EHLO") say("EHLO", "250-sink\r\n250-8BITMIME\r\n250 AUTH PLAIN");
        else if (verb === "AUTH") {
          const given = Buffer.from(line.split(" ")[2] ?? "", "base64").toString("utf8");
          const isRight = given === `\0${credentials.user}\0${credentials.password}`;
          say("AUTH", isRight ? "235 welcome" : "535 5.7.8 wrong user or password");
        } else if (verb === "DATA") {
          isData = !replies.has("DATA");
          mail = "";
          say("DATA", "354 go on");
        } else if (verb === "QUIT") socket.end("221 bye\r\n");
        else say(verb, "250 ok");
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const sink: Sink = {
    url: `smtp://127.0.0.1:${port}`,
    port,
    mails,
    replies,
    requests: [],
    behave: (behaviour) => {
      how = behaviour;
      replies.clear();
      const { body } = behaviour.kind === "answer" ? behaviour.answer : { body: undefined };
      if (Array.isArray(body)) {
        replies.set(String(body[0]), String(body[1]));
        how = { kind: "documented" };
      }
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
  sinks.push(sink);
  return sink;
}
const portOf = (fake: FakeVendor) => Number(new URL(fake.url).port);
const mailsOf = (fake: FakeVendor) => sinks.find(({ url }) => url === fake.url)?.mails ?? [];
const reply = (command: string, text: string): Behaviour => ({
  kind: "answer",
  answer: { status: 0, body: [command, text] },
});

provesProvider(email, {
  now,
  config,
  credentials,
  refusedConfigs: [
    { name: "nobody to tell", config: { ...config, to: [] } },
    { name: "no address", config: { ...config, to: ["oncall"] } },
    { name: "a header in an address", config: { ...config, from: "a@example.com\r\nbcc: b@example.com" } },
  ],
  refusedCredentials: [{ name: "a user without a password", credentials: { user: "mailer-account" } }],
  startFake: startSink,
  aim: ({ config: entered, credentials: held }, fake) => ({
    config: { ...entered, host: "127.0.0.1", port: portOf(fake) },
    credentials: held,
  }),
  outgoing: {
    withinLimits(rendered) {
      const { subject, text, html } = rendered as Record<string, string>;
      expect(subject?.length).toBeLessThanOrEqual(200);
      expect(subject).not.toMatch(/[\r\n]/);
      expect(text?.length).toBeLessThan(200_000);
      expect(html?.length).toBeLessThan(400_000);
    },
    forbidden: ["<script>"].map((tag) => new RegExp(`"html":"[^"]*${tag}`)),
    errors: { skipped: "SMTP has its own replies, proven below" },
    made: (fake) => mailsOf(fake).length,
    newest: (fake) => mailsOf(fake).at(-1) ?? "",
  },
  health: {
    expired: { fake: reply("AUTH", "535 5.7.8 credentials expired"), says: /expired.*password/ },
    missingScope: { fake: reply("AUTH", "535 5.7.139 SMTP AUTH is switched off"), says: /switched off/ },
    revoked: { fake: reply("CONNECT", "554 no service"), says: /554|greeting/i },
  },
});

async function open(): Promise<{ sink: Sink; connection: Connection<Config, Credentials> }> {
  const sink = await startSink();
  const parsed = { ...email.config.parse(config), host: "127.0.0.1", port: sink.port };
  const http = openHttpClient({ allowPrivate: "127.0.0.1" });
  return {
    sink,
    connection: { integrationId: "", projectId: "", config: parsed, credentials, http, now: () => now },
  };
}
const rendered = email.outgoing?.render(plainMessage, email.config.parse(config)) ?? {};
const send = (connection: Connection<Config, Credentials>, signal = AbortSignal.timeout(5000)) =>
  email.outgoing?.send(rendered, connection, "key-1", signal).then(
    (sent) => sent as unknown,
    (error: unknown) => error,
  );

test("a mail has a text and an HTML part, and the same Message-ID on every try", async () => {
  const { sink, connection } = await open();
  const [first, second] = [await send(connection), await send(connection)];
  expect(first).toEqual(second);
  expect(sink.mails[0]).toContain("Message-ID: <");
  expect(sink.mails[0]).toMatch(/Content-Type: text\/plain[\s\S]*Content-Type: text\/html/);
  expect(sink.mails[0]).toContain("Auto-Submitted: auto-generated");
});

test("until DATA was said nothing was sent; a reply that refuses is a refusal; a broken end of DATA is uncertain", async () => {
  const { sink, connection } = await open();
  const outcomes: readonly (readonly [string, string, object])[] = [
    ["EHLO", "drop", { name: "HttpNotSent" }],
    ["AUTH", "535 5.7.8 no", { name: "VendorRefused", status: 401, isWorthRetrying: false }],
    ["MAIL", "451 4.7.1 greylisted, come again", { name: "VendorRefused", isWorthRetrying: true }],
    ["RCPT", "550 5.1.1 no such mailbox", { name: "VendorRefused", isWorthRetrying: false }],
    ["RCPT", "drop", { name: "HttpNotSent" }],
    ["END", "552 5.3.4 too big", { name: "VendorRefused", isWorthRetrying: false }],
    ["END", "drop", { name: "HttpUncertain" }],
  ];
  for (const [command, answer, expected] of outcomes) {
    sink.replies.clear();
    sink.replies.set(command, answer);
    const error = await send(connection);
    expect(error, `${command} ${answer}`).toMatchObject(expected);
    expect(String(error)).not.toContain(credentials.password);
  }
  expect(sink.mails).toEqual([]);
});

test("a server in a private network that is not allowed is never called, a closed port was not sent to", async () => {
  const { connection } = await open();
  const guarded = { ...connection, http: openHttpClient({ allowPrivate: "" }) };
  expect(await send(guarded)).toMatchObject({ name: "HttpNotSent", isForbidden: true });
  expect(await send({ ...connection, config: { ...connection.config, port: 1 } })).toMatchObject({
    name: "HttpNotSent",
  });
});
