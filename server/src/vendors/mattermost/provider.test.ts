import { afterEach, expect, test } from "vitest";
import { plainMessage } from "../conformance-messages.ts";
import { provesProvider } from "../provider-conformance.ts";
import { atMost, connectTo, noSignal, someRequest, testNow } from "../shared/connect.fixture.ts";
import { recordAt, recordsAt } from "../shared/read-body.ts";
import { hmacHex } from "../shared/signatures.ts";
import { type FakeVendor, startFakeVendor } from "../start-fake-vendor.ts";
import { mattermost } from "./provider.ts";
import { postCharsMax } from "./render.ts";

const token = "bot-token-0123456789abcdef";
const secret = "secret-of-the-buttons";
const hook = "/hooks/abcdefghijklmnopqrstuvwxyz";
const channelId = "c".repeat(26);
const channelPath = `/api/v4/channels/${channelId}`;
const bot = {
  config: {
    channel: "alerts",
    server_url: "https://chat.example.com/",
    channel_id: channelId,
    callback_url: "https://culprit.example.com/hooks/i/t",
  },
  credentials: { bot_token: token, button_secret: secret },
};

/** A fake of Mattermost: the bot's API, which gives ids, and an incoming webhook, which answers `ok`. */
const startFake = () =>
  startFakeVendor(({ method, path, headers }) => {
    if (path === hook) return { status: 200, body: "ok" };
    if (headers.authorization !== `Bearer ${token}`)
      return { status: 401, body: { id: "api.context.session_expired.app_error", message: "Invalid session" } };
    const post = { id: "post1", channel_id: channelId };
    if (method === "POST" && path === "/api/v4/posts") return { status: 201, body: post };
    if (method === "PUT" && path === "/api/v4/posts/post1/patch") return { status: 200, body: post };
    if (path === channelPath) return { status: 200, body: { id: channelId, display_name: "Alerts" } };
    return { status: 404, body: { message: "not found" } };
  });

/** A press of a button, as Mattermost posts it: the context is what we sent. */
function pressed(signature: string) {
  const press = {
    user_id: "u",
    user_name: "ada",
    post_id: "post1",
    trigger_id: "t1",
    context: { token: "token-confirm" },
  };
  return someRequest(press, {}, { signature });
}

const answering = (status: number) => ({ kind: "answer", answer: { status, body: { message: "no" } } }) as const;

provesProvider(mattermost, {
  now: testNow,
  ...bot,
  refusedConfigs: [{ name: "an id that is none", config: { ...bot.config, channel_id: "town-square" } }],
  refusedCredentials: [{ name: "no address", credentials: { webhook_url: "hooks-abcdefghijkl" } }],
  startFake,
  incoming: {
    deliveries: [
      {
        name: "a pressed button",
        request: pressed(hmacHex(secret, "token-confirm")),
        meanings: [{ kind: "button", token: "token-confirm", actor: "ada" }],
      },
    ],
    signsBody: false,
    otherCredentials: { button_secret: "another-secret" },
    replayWindowS: { skipped: "Mattermost signs no time; the button's own token is good until it expires" },
  },
  outgoing: {
    withinLimits: (rendered) => {
      const [attachment] = recordsAt(rendered, "attachments");
      atMost(postCharsMax, JSON.stringify(attachment), "the attachment");
    },
    forbidden: ["@everyone", "@here", "@channel"],
    made: ({ requests }) => requests.filter(({ method }) => method === "POST").length,
    newest: ({ requests }) => requests.at(-1)?.body ?? "",
  },
  health: {
    expired: { fake: answering(401), says: /Make a new token/ },
    missingScope: { fake: answering(403), says: /must be a member/ },
    revoked: { fake: answering(404), says: /Make a new token/ },
  },
});

let fake: FakeVendor | undefined;
afterEach(() => fake?.close());

test("a button goes out with the signature that it comes back with", async () => {
  fake = await startFake();
  const connection = connectTo(mattermost, fake, bot);
  const rendered = mattermost.outgoing?.render(plainMessage, connection.config) ?? {};
  await mattermost.outgoing?.send(rendered, connection, "k", noSignal);
  const [attachment] = recordsAt(recordAt(fake.requests[0]?.json, "props"), "attachments");
  const confirm = recordAt(recordsAt(attachment, "actions")[2], "integration");
  expect(confirm).toMatchObject({ context: { token: "token-confirm" } });
  expect(confirm.url).toBe(`${bot.config.callback_url}?signature=${hmacHex(secret, "token-confirm")}`);
});

test("a webhook's message has no id to be changed by; with nothing entered nothing is sent", async () => {
  fake = await startFake();
  const webhook = connectTo(mattermost, fake, {
    config: { channel: "alerts" },
    credentials: { webhook_url: `https://chat.example.com${hook}` },
  });
  const rendered = mattermost.outgoing?.render(plainMessage, webhook.config) ?? {};
  expect(JSON.stringify(rendered)).not.toContain('"actions"');
  expect(await mattermost.outgoing?.send(rendered, webhook, "k", noSignal)).toMatchObject({ externalRef: null });
  expect((await mattermost.check(webhook, noSignal)).status).toBe("unknown");
  const nothing = { ...webhook, credentials: {} };
  await expect(mattermost.outgoing?.send(rendered, nothing, "k", noSignal)).rejects.toThrow("Neither a bot");
});
