import { afterEach, expect, test } from "vitest";
import { VendorRefused } from "../../domains/integration/index.ts";
import { HttpUncertain } from "../../platform/http-client/http-client.ts";
import {
  connectionTo,
  type FakeAnswer,
  type FakeVendor,
  hostileMessage,
  hugeMessage,
  noSignal,
  type Received,
  someMessage,
  startFakeVendor,
} from "../shared/fake-vendor.fixture.ts";
import { discord } from "./provider.ts";
import { renderDiscord } from "./render.ts";

const token = "s3cr3t-token-of-the-webhook";
const path = `/api/webhooks/123/${token}`;
let fake: FakeVendor | undefined;
afterEach(() => fake?.close());

/** A fake of Discord: answers 400 to what breaks the published limits, as the real one does. */
async function open(over: (request: Received) => FakeAnswer | null = () => null) {
  fake = await startFakeVendor((request) => over(request) ?? answerOf(request));
  const connection = connectionTo({ channel: "alerts" }, { webhook_url: `${fake.url}${path}` });
  return { fake, connection };
}

function answerOf({ method, path: asked, query, json }: Received): FakeAnswer {
  if (!asked.startsWith(path)) return { status: 404, json: { message: "Unknown Webhook", code: 10015 } };
  if (method === "GET") return { json: { id: "123", name: "Culprit", type: 1 } };
  const problem = problemOf(json);
  if (problem !== null) return { status: 400, json: { message: "Invalid Form Body", errors: problem } };
  if (method === "PATCH") return { json: { id: asked.split("/").at(-1), channel_id: "9" } };
  return query.wait === "true" ? { json: { id: "777", channel_id: "9" } } : { status: 204 };
}

interface Embed {
  readonly title: string;
  readonly description: string;
  readonly fields: readonly { name: string; value: string }[];
  readonly footer?: { text: string };
}

function embedsOf(body: Readonly<Record<string, unknown>> | null): readonly Embed[] {
  return (body?.embeds ?? []) as readonly Embed[];
}

function problemOf(body: Readonly<Record<string, unknown>> | null): string | null {
  const embeds = embedsOf(body);
  if (embeds.length === 0 || embeds.length > 10) return "embeds";
  let total = 0;
  for (const { title, description, fields, footer } of embeds) {
    if (title.length > 256) return "title";
    if (description.length > 4096) return "description";
    if (fields.length > 25) return "fields";
    total += title.length + description.length + (footer?.text.length ?? 0);
    for (const { name, value } of fields) {
      if (name.length < 1 || name.length > 256 || value.length < 1 || value.length > 1024) return "field";
      total += name.length + value.length;
    }
  }
  return total > 6000 ? "total" : null;
}

test("a message goes out once, its id is what it is changed by, and nobody can be called by it", async () => {
  const { fake: server, connection } = await open();
  const rendered = renderDiscord(someMessage());
  const sent = await discord.outgoing?.send(rendered, connection, "key", noSignal);
  expect(sent).toEqual({ externalRef: "777", response: { id: "777", channel_id: "9" } });
  await discord.outgoing?.update?.("777", rendered, connection, "key", noSignal);
  expect(server.received.map(({ method, path: asked }) => `${method} ${asked}`)).toEqual([
    `POST ${path}`,
    `PATCH ${path}/messages/777`,
  ]);
  expect(server.received[0]?.json).toMatchObject({
    allowed_mentions: { parse: [] },
    embeds: [{ title: "\\[high\\] TypeError: x is undefined", fields: [{ name: "Service" }, {}, {}, {}] }],
    components: [{ type: 1, components: [{ style: 5 }, { style: 5, label: "Confirm" }, { label: "Reject" }] }],
  });
});

test("hostile texts call nobody, format nothing and link nowhere", () => {
  const [embed] = embedsOf(renderDiscord(hostileMessage()));
  const texts = [embed?.title, embed?.description, embed?.fields[0]?.name, embed?.fields[1]?.value].join("\n");
  expect(texts).not.toMatch(/@everyone|@all|(?<!\\)\*\*|(?<!\\)\[click(?<!\\)\]|(?<!\\)`/);
  const code = embed?.fields[2]?.value ?? "";
  expect(code.slice(3, -3)).not.toContain("```");
});

test("a message far too long is cut to what Discord takes, and says so", async () => {
  const { connection } = await open();
  const rendered = renderDiscord(hugeMessage());
  await expect(discord.outgoing?.send(rendered, connection, "key", noSignal)).resolves.toBeDefined();
  const [embed] = embedsOf(rendered);
  expect(embed?.description).toMatch(/… \(\d+ more characters\)$/);
  expect(embed?.footer?.text).toMatch(/^\d+ more parts left out/);
});

test("a refusal is told with its status, the wait that Discord asks for, and without the token", async () => {
  const answers: FakeAnswer[] = [
    { status: 429, headers: { "retry-after": "1" }, json: { retry_after: 1.3, message: `slow ${token}` } },
    { status: 404, json: { message: "Unknown Webhook" } },
    { status: 502, text: "bad gateway" },
    { status: 200, text: "garbage" },
  ];
  const { connection } = await open(() => answers.shift() ?? null);
  const send = () => discord.outgoing?.send(renderDiscord(someMessage()), connection, "key", noSignal);
  const limited = await send()?.catch((error: unknown) => error);
  expect(limited).toBeInstanceOf(VendorRefused);
  expect(limited).toMatchObject({ status: 429, retryAfterS: 2, isWorthRetrying: true });
  expect(String(limited)).not.toContain(token);
  await expect(send()).rejects.toMatchObject({ status: 404, isWorthRetrying: false });
  await expect(send()).rejects.toBeInstanceOf(HttpUncertain);
  await expect(send()).rejects.toBeInstanceOf(HttpUncertain);
});

test("the health check changes nothing and tells a revoked webhook", async () => {
  const { fake: server, connection } = await open();
  expect(await discord.check(connection, noSignal)).toMatchObject({ status: "healthy" });
  const gone = { ...connection, credentials: { webhook_url: `${server.url}/api/webhooks/9/gone-gone-gone` } };
  const found = await discord.check(gone, noSignal);
  expect(found).toMatchObject({ status: "unhealthy" });
  expect(found.reason).toContain("Make a new webhook");
  expect(server.received.every(({ method }) => method === "GET")).toBe(true);
});
