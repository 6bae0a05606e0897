import { afterEach, expect, test } from "vitest";
import { HttpNotSent } from "../../platform/http-client/http-client.ts";
import {
  connectionTo,
  type FakeVendor,
  hostileMessage,
  hugeMessage,
  noSignal,
  someMessage,
  someRequest,
  startFakeVendor,
} from "../shared/fake-vendor.fixture.ts";
import { recordAt, recordsAt } from "../shared/read-body.ts";
import { mattermost } from "./provider.ts";
import { postCharsMax, renderMattermost } from "./render.ts";

const token = "bot-token-0123456789abcdef";
const hook = "/hooks/abcdefghijklmnopqrstuvwxyz";
const channelId = "c".repeat(26);
let fake: FakeVendor | undefined;
afterEach(() => fake?.close());

/** A fake of Mattermost: the bot's API, which gives ids, and an incoming webhook, which answers `ok`. */
async function open() {
  fake = await startFakeVendor(({ method, path, headers, text }) => {
    if (text.length > postCharsMax) return { status: 400, json: { id: "model.post.is_valid.msg.app_error" } };
    if (path === hook) return { text: "ok" };
    if (headers.authorization !== `Bearer ${token}`)
      return { status: 401, json: { message: "Invalid token", id: "x" } };
    if (method === "POST" && path === "/api/v4/posts")
      return { status: 201, json: { id: "post1", channel_id: channelId } };
    if (method === "PUT" && path === "/api/v4/posts/post1/patch")
      return { json: { id: "post1", channel_id: channelId } };
    if (path === `/api/v4/channels/${channelId}`) return { json: { id: channelId, display_name: "Alerts" } };
    return { status: 404, json: { message: "not found" } };
  });
  const bot = connectionTo(
    { channel: "alerts", server_url: fake.url, channel_id: channelId, callback_url: "https://c.example.com/hooks/i/t" },
    { bot_token: token, button_secret: "s".repeat(32) },
  );
  return { fake, bot, webhook: connectionTo({ channel: "alerts" }, { webhook_url: `${fake.url}${hook}` }) };
}

test("a bot's message has an id and is changed in place; a webhook's has none", async () => {
  const { fake: server, bot, webhook } = await open();
  const { outgoing } = mattermost;
  const rendered = outgoing?.render(someMessage(), bot.config) ?? {};
  expect(await outgoing?.send(rendered, bot, "k", noSignal)).toMatchObject({ externalRef: "post1" });
  expect(await outgoing?.update?.("post1", rendered, bot, "k", noSignal)).toMatchObject({ externalRef: "post1" });
  expect(await outgoing?.send(rendered, webhook, "k", noSignal)).toMatchObject({ externalRef: null });
  expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "POST /api/v4/posts",
    "PUT /api/v4/posts/post1/patch",
    `POST ${hook}`,
  ]);
});

test("a button comes back with the signature that it went out with, and a made-up one is refused", async () => {
  const { fake: server, bot } = await open();
  await mattermost.outgoing?.send(mattermost.outgoing.render(someMessage(), bot.config), bot, "k", noSignal);
  const [attachment] = recordsAt(server.received[0]?.json?.props, "attachments");
  const [confirm] = recordsAt(attachment, "actions");
  const context = recordAt(confirm, "integration", "context");
  const pressed = someRequest({ user_id: "u", user_name: "ada", post_id: "post1", trigger_id: "t1", context });
  expect(mattermost.incoming?.verify(pressed, bot)).toEqual({ ok: true });
  const delivery = mattermost.incoming?.read(pressed);
  expect(delivery).toMatchObject({ deliveryId: "t1", subject: "post1" });
  expect(delivery && mattermost.incoming?.map(delivery, bot.config)).toEqual([
    { kind: "button", token: "token-confirm", actor: "ada" },
  ]);
  const madeUp = someRequest({ user_name: "eve", context: { ...context, token: "token-approve" } });
  expect(mattermost.incoming?.verify(madeUp, bot)).toMatchObject({ ok: false });
  expect(mattermost.incoming?.verify(someRequest("garbage"), bot)).toMatchObject({ ok: false });
});

test("hostile texts call nobody and format nothing", () => {
  const shown = JSON.stringify(renderMattermost(hostileMessage(), {}));
  expect(shown).not.toMatch(/@(everyone|all)/);
  expect(shown.replaceAll("**", "")).not.toMatch(/[^\\]\[click[^\\]\]/);
});

test("a message far too long is within a post's limit and says what was left out", async () => {
  const { webhook } = await open();
  const rendered = renderMattermost(hugeMessage(), {});
  await expect(mattermost.outgoing?.send(rendered, webhook, "k", noSignal)).resolves.toBeDefined();
  expect(JSON.stringify(rendered)).toMatch(/more characters.*more parts left out.*40 more fields left out/);
});

test("a dead token is unhealthy and never named; nothing entered is never sent", async () => {
  const { bot } = await open();
  expect(await mattermost.check(bot, noSignal)).toMatchObject({ status: "healthy" });
  const dead = { ...bot, credentials: { bot_token: "dead-token-0123456789" } };
  const found = await mattermost.check(dead, noSignal);
  expect(found).toMatchObject({ status: "unhealthy" });
  expect(found.reason).not.toContain("dead-token");
  const nothing = { ...bot, credentials: {} };
  await expect(mattermost.outgoing?.send({}, nothing, "k", noSignal)).rejects.toBeInstanceOf(HttpNotSent);
});
