import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import type { IncomingRequest } from "../../domains/integration/index.ts";
import { openHttpClient } from "../../platform/http-client/open-http-client.ts";
import { plainMessage } from "../conformance-messages.ts";
import { provesProvider } from "../provider-conformance.ts";
import { type FakeAnswer, type FakeRequest, type FakeVendor, startFakeVendor } from "../start-fake-vendor.ts";
import { slack } from "./provider.ts";

const now = new Date("2026-11-21T10:00:00Z");
const secret = "8f742231b10e8888abcd99yyyzzz85a5";
const credentials = { bot_token: "xoxb-17653672481-19874698323", signing_secret: secret };

/** chat.postMessage, chat.update and auth.test as docs.slack.dev describes them. */
const held = new Map<FakeVendor, Map<string, string>>();
async function startFake(): Promise<FakeVendor> {
  const messages = new Map<string, string>();
  const fake = await startFakeVendor((request) => answerOf(request, messages));
  held.set(fake, messages);
  return fake;
}

function answerOf({ path, json, headers, body, origin }: FakeRequest, messages: Map<string, string>): FakeAnswer {
  if (origin === "https://hooks.slack.com")
    return /"text":""/.test(body) ? { status: 400, body: "no_text" } : { status: 200, body: "ok" };
  if (headers.authorization !== `Bearer ${credentials.bot_token}`)
    return { status: 200, body: { ok: false, error: "invalid_auth" } };
  const { channel, ts } = json as { channel: string; ts?: string };
  const scopes = { "x-oauth-scopes": "chat:write,commands" };
  switch (path) {
    case "/api/auth.test":
      return { status: 200, headers: scopes, body: { ok: true, team: "Subarachnoid Workspace", user: "culprit" } };
    case "/api/chat.postMessage": {
      const id = `1503435956.${String(messages.size).padStart(6, "0")}`;
      messages.set(id, body);
      return { status: 200, headers: scopes, body: { ok: true, channel, ts: id, message: { type: "message" } } };
    }
    case "/api/chat.update":
      if (ts === undefined || !messages.has(ts))
        return { status: 200, body: { ok: false, error: "message_not_found" } };
      messages.set(ts, body);
      return { status: 200, body: { ok: true, channel, ts } };
    default:
      return { status: 200, body: { ok: false, error: "unknown_method" } };
  }
}

function signed(text: string): IncomingRequest {
  const seconds = String(now.getTime() / 1000);
  const signature = `v0=${createHmac("sha256", secret).update(`v0:${seconds}:${text}`).digest("hex")}`;
  return {
    headers: { "x-slack-request-timestamp": seconds, "x-slack-signature": signature },
    query: {},
    body: Buffer.from(text),
  };
}
const form = (fields: Record<string, string>) => signed(new URLSearchParams(fields).toString());
const interaction = (actions: object[]) => ({
  type: "block_actions",
  trigger_id: "12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3",
  token: "Shh_its_a_seekrit",
  user: { id: "U061F7AUR", username: "ada", name: "ada" },
  channel: { id: "C061EG9SL", name: "alerts" },
  actions,
});
const command = {
  token: "x",
  command: "/culprit",
  text: "investigate inc_1",
  user_name: "ada",
  channel_id: "C061EG9SL",
  trigger_id: "1.2",
};
const { token: _token, ...storedCommand } = command;
const mention = { type: "app_mention", user: "U061F7AUR", text: "<@U0LAN0Z89> explain inc_1", channel: "C061EG9SL" };

const answer = (body: object, headers: Record<string, string> = {}) =>
  ({ kind: "answer", answer: { status: 200, headers, body } }) as const;

interface Block {
  readonly type: string;
  readonly text?: { readonly text: string };
  readonly fields?: readonly { readonly text: string }[];
  readonly elements?: readonly {
    readonly text: { readonly text: string } | string;
    readonly value?: string;
    readonly url?: string;
  }[];
}

provesProvider(slack, {
  now,
  config: { channel: "C061EG9SL", interactive: true },
  credentials,
  refusedConfigs: [
    { name: "no channel", config: {} },
    { name: "a channel with a space", config: { channel: "on call" } },
  ],
  refusedCredentials: [
    { name: "neither token nor webhook", credentials: { signing_secret: secret } },
    { name: "a token of something else", credentials: { bot_token: "ghp_0123456789abcdef" } },
  ],
  startFake,
  incoming: {
    deliveries: [
      {
        name: "a button",
        request: form({ payload: JSON.stringify(interaction([{ action_id: "culprit_approve", value: "token-1" }])) }),
        meanings: [{ kind: "button", token: "token-1", actor: "ada" }],
      },
      {
        name: "a link",
        request: form({ payload: JSON.stringify(interaction([{ action_id: "link_0" }])) }),
        meanings: [{ kind: "ignored", reason: expect.stringContaining("link") }],
      },
      {
        name: "a slash command",
        request: form(command),
        meanings: [
          {
            kind: "command",
            command: "investigate inc_1",
            actor: "ada",
            isBot: false,
            subject: "slack:C061EG9SL",
            payload: storedCommand,
          },
        ],
      },
      {
        name: "a mention by a bot",
        request: signed(
          JSON.stringify({ type: "event_callback", event_id: "Ev1", event: { ...mention, bot_id: "B1" } }),
        ),
        meanings: [
          {
            kind: "command",
            command: "explain inc_1",
            actor: "U061F7AUR",
            isBot: true,
            subject: "slack",
            payload: { ...mention, bot_id: "B1" },
          },
        ],
      },
      {
        name: "the question whether the address is ours",
        request: signed(JSON.stringify({ type: "url_verification", token: "x", challenge: "3eZbrw1aB" })),
        meanings: [{ kind: "ignored", reason: expect.stringContaining("address") }],
      },
    ],
    signsBody: true,
    otherCredentials: { ...credentials, signing_secret: "another-signing-secret" },
    replayWindowS: 300,
  },
  outgoing: {
    withinLimits(rendered) {
      const { text, attachments } = rendered as { text: string; attachments: { blocks: Block[] }[] };
      expect(text.length).toBeLessThanOrEqual(40_000);
      const blocks = attachments.flatMap((one) => one.blocks);
      expect(blocks.length).toBeLessThanOrEqual(50);
      for (const block of blocks) {
        if (block.text !== undefined)
          expect(block.text.text.length).toBeLessThanOrEqual(block.type === "header" ? 150 : 3000);
        expect(block.text?.text ?? "x").not.toBe("");
        expect(block.fields?.length ?? 0).toBeLessThanOrEqual(10);
        for (const field of block.fields ?? []) expect(field.text.length).toBeLessThanOrEqual(2000);
        expect(block.elements?.length ?? 0).toBeLessThanOrEqual(25);
        for (const element of block.elements ?? []) {
          if (typeof element.text !== "string") expect(element.text.text.length).toBeLessThanOrEqual(75);
          expect(element.value?.length ?? 0).toBeLessThanOrEqual(2000);
        }
      }
      expect(JSON.stringify(rendered).length).toBeLessThan(50_000);
    },
    forbidden: ["<!channel>", "<!here>", "<@U012AB3CD>"],
    made: (fake) => held.get(fake)?.size ?? 0,
    newest: (fake) => [...(held.get(fake)?.values() ?? [])].at(-1) ?? "",
  },
  health: {
    expired: { fake: answer({ ok: false, error: "token_expired" }), says: /token_expired.*new bot token/ },
    missingScope: {
      fake: answer({ ok: true, team: "T", user: "U" }, { "x-oauth-scopes": "commands" }),
      says: /lacks the scope chat:write/,
    },
    revoked: { fake: answer({ ok: false, error: "token_revoked" }), says: /token_revoked/ },
  },
});

test("Slack's question whether the address is ours is answered with its challenge, all else with 200 at once", () => {
  const read = (request: IncomingRequest) => slack.incoming?.read(request);
  const asked = read(signed(JSON.stringify({ type: "url_verification", token: "x", challenge: "3eZbrw1aB" })));
  const pressed = read(form({ payload: JSON.stringify(interaction([])) }));
  expect(asked && slack.incoming?.answer?.(asked)).toEqual({ status: 200, body: { challenge: "3eZbrw1aB" } });
  expect(pressed && slack.incoming?.answer?.(pressed)).toEqual({ status: 200, body: {} });
  expect(JSON.stringify(pressed)).not.toContain("seekrit");
});

test("an incoming webhook is told of, checked without a message, and its buttons are links", async () => {
  const fake = await startFake();
  const http = openHttpClient({ allowPrivate: "127.0.0.1" });
  const connection = {
    integrationId: "",
    projectId: "",
    config: { channel: "#alerts", interactive: false },
    credentials: { webhook_url: "https://hooks.slack.com/services/T0/B0/XXXXXXXXXXXXXXXX" },
    http: {
      request: (request: Parameters<typeof http.request>[0]) =>
        http.request({
          ...request,
          url: fake.url,
          headers: { ...request.headers, "x-fake-origin": "https://hooks.slack.com" },
        }),
    },
    now: () => now,
  };
  const signal = AbortSignal.timeout(5000);
  const rendered = slack.outgoing?.render(plainMessage, connection.config) ?? {};
  expect(JSON.stringify(rendered)).toContain('"url":"https://culprit.example.com/callbacks/token-approve"');
  expect(JSON.stringify(rendered)).not.toContain('"value":"token-approve"');
  expect(await slack.outgoing?.send(rendered, connection, "k", signal)).toEqual({
    externalRef: null,
    response: { status: 200 },
  });
  expect(await slack.check(connection, signal)).toMatchObject({ status: "healthy" });
  fake.behave({ kind: "answer", answer: { status: 404, body: "no_service" } });
  expect(await slack.check(connection, signal)).toMatchObject({ status: "unhealthy" });
  await fake.close();
});
