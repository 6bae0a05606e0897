import { afterEach, expect, test } from "vitest";
import {
  connectionTo,
  type FakeAnswer,
  type FakeVendor,
  hostileMessage,
  hugeMessage,
  noSignal,
  type Received,
  someMessage,
  someRequest,
  startFakeVendor,
} from "../shared/fake-vendor.fixture.ts";
import { telegram } from "./provider.ts";
import { renderTelegram, telegramCharsMax, visibleLength } from "./render.ts";

const token = "12345:AAAAAAAAAAAAAAAAAAAAAAAAA";
const secret = "secret-of-the-webhook";
let fake: FakeVendor | undefined;
afterEach(() => fake?.close());

/** A fake of the Bot API: `{ok, result}` or `{ok: false, error_code, description, parameters}`. */
async function open(over: (request: Received) => FakeAnswer | null = () => null) {
  fake = await startFakeVendor((request) => {
    const { path, json } = request;
    const instead = over(request);
    if (instead !== null) return instead;
    if (!path.startsWith(`/bot${token}/`)) return failure(401, "Unauthorized");
    const text = String(json?.text ?? "");
    if (visibleLength(text) > telegramCharsMax) return failure(400, "Bad Request: message is too long");
    if (/<(?!\/?(b|pre)>)/.test(text)) return failure(400, "Bad Request: can't parse entities");
    const result = { message_id: 7, username: "culprit_bot", title: "On call", url: "https://x" };
    return { json: { ok: true, result } };
  });
  const config = { chat: "On call", chat_id: "-100", receives_updates: true, api_url: fake.url };
  return { fake, connection: connectionTo(config, { bot_token: token, webhook_secret: secret }) };
}

function failure(error_code: number, description: string, parameters?: object): FakeAnswer {
  return { status: error_code, json: { ok: false, error_code, description, parameters } };
}

test("a message goes to the chat, is changed in place, and changing it to the same is no error", async () => {
  const { fake: server, connection } = await open(({ path, json }) =>
    path.endsWith("/editMessageText") && json?.message_id === 8
      ? failure(400, "Bad Request: message is not modified: specified new message content is the same")
      : null,
  );
  const rendered = renderTelegram(someMessage(), { doesCallBack: true });
  expect(await telegram.outgoing?.send(rendered, connection, "k", noSignal)).toMatchObject({ externalRef: "7" });
  await telegram.outgoing?.update?.("7", rendered, connection, "k", noSignal);
  expect(await telegram.outgoing?.update?.("8", rendered, connection, "k", noSignal)).toMatchObject({
    externalRef: "8",
  });
  expect(server.received[0]?.json).toMatchObject({
    chat_id: "-100",
    parse_mode: "HTML",
    reply_markup: { inline_keyboard: [[{ callback_data: "token-confirm" }], [{}], [{ text: "Open the incident" }]] },
  });
});

test("a token that is too long for a callback becomes a link, and a link that is not public is written out", () => {
  const url = "http://localhost:3000/b/confirm";
  const buttons = [{ verb: "confirm", label: "Confirm", token: "t".repeat(65), url } as const];
  const rendered = renderTelegram(someMessage({ buttons }), { doesCallBack: true });
  expect(rendered.text).toContain(`Confirm: ${url}`);
  expect(JSON.stringify(rendered.reply_markup)).not.toContain("Confirm");
});

test("hostile texts call nobody and format nothing", () => {
  const text = String(renderTelegram(hostileMessage(), { doesCallBack: false }).text);
  expect(text).not.toMatch(/@(everyone|all)|<(?!\/?(b|pre)>)/);
  expect(text.match(/<\/pre>/g)).toHaveLength(1);
});

test("a message far too long is within 4,096 characters and says what was left out", async () => {
  const { connection } = await open();
  const rendered = renderTelegram(hugeMessage(), { doesCallBack: false });
  await expect(telegram.outgoing?.send(rendered, connection, "k", noSignal)).resolves.toBeDefined();
  expect(rendered.text).toMatch(/more characters[\s\S]*more parts left out/);
});

test("too many messages are told with the time to wait, and no error holds the token", async () => {
  const { connection } = await open(() => failure(429, `Too Many Requests ${token}`, { retry_after: 17 }));
  const error = await telegram.outgoing?.send({ text: "x" }, connection, "k", noSignal).catch((e) => e);
  expect(error).toMatchObject({ status: 429, retryAfterS: 17, isWorthRetrying: true });
  expect(String(error)).not.toContain(token);
});

test("an update is believed with the secret only, and means something in the chat of the settings only", async () => {
  const { connection } = await open();
  const update = {
    update_id: 55,
    message: {
      message_id: 1,
      chat: { id: -100 },
      from: { username: "ada", is_bot: false },
      text: "/culprit@culprit_bot status",
    },
  };
  const request = someRequest(update, { "x-telegram-bot-api-secret-token": secret });
  const { incoming } = telegram;
  expect(incoming?.verify(request, connection)).toEqual({ ok: true });
  expect(incoming?.verify(someRequest(update), connection)).toMatchObject({ ok: false });
  const delivery = incoming?.read(request);
  expect(delivery).toMatchObject({ deliveryId: "55", subject: "-100" });
  expect(delivery && incoming?.map(delivery, connection.config)).toMatchObject([
    { kind: "command", command: "/culprit status", actor: "@ada", isBot: false, subject: "telegram:-100" },
  ]);
  expect(delivery && incoming?.map(delivery, { ...connection.config, chat_id: "-200" })).toMatchObject([
    { kind: "ignored" },
  ]);
});

test("a pressed button gives its token back and is answered at once", async () => {
  const { connection } = await open();
  const query = { id: "q1", data: "token-confirm", from: { first_name: "Ada" }, message: { chat: { id: -100 } } };
  const delivery = telegram.incoming?.read(someRequest({ update_id: 56, callback_query: query }));
  if (delivery === undefined) throw new Error("nothing was read");
  expect(telegram.incoming?.map(delivery, connection.config)).toEqual([
    { kind: "button", token: "token-confirm", actor: "Ada" },
  ]);
  expect(telegram.incoming?.answer?.(delivery)).toEqual({
    status: 200,
    body: { method: "answerCallbackQuery", callback_query_id: "q1" },
  });
});

test("the health check tells a dead token and a webhook that Telegram can't reach", async () => {
  const { connection } = await open();
  expect(await telegram.check(connection, noSignal)).toMatchObject({ status: "healthy" });
  const dead = { ...connection, credentials: { bot_token: "9:BBBBBBBBBBBBBBBBBBBBBBBBB" } };
  expect(await telegram.check(dead, noSignal)).toMatchObject({ status: "unhealthy" });
});
