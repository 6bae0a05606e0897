import { afterEach, expect, test } from "vitest";
import { plainMessage } from "../conformance-messages.ts";
import { provesProvider } from "../provider-conformance.ts";
import { connectTo, noSignal, someRequest, testNow } from "../shared/connect.fixture.ts";
import { textAt } from "../shared/read-body.ts";
import { type FakeVendor, startFakeVendor } from "../start-fake-vendor.ts";
import { telegram } from "./provider.ts";
import { renderTelegram, telegramCharsMax, visibleLength } from "./render.ts";

const token = "12345:AAAAAAAAAAAAAAAAAAAAAAAAA";
const secret = "secret-of-the-webhook";
const entered = {
  config: { chat: "On call", chat_id: "-100", receives_updates: true },
  credentials: { bot_token: token, webhook_secret: secret },
};
const failure = (error_code: number, description: string, parameters = {}) =>
  ({ status: error_code, body: { ok: false, error_code, description, parameters } }) as const;

/** A fake of the Bot API: `{ok, result}` or `{ok: false, error_code, description, parameters}`. */
const startFake = () =>
  startFakeVendor(({ path, json }) => {
    if (!path.startsWith(`/bot${token}/`)) return failure(401, "Unauthorized");
    const text = textAt(json, "text") ?? "";
    if (visibleLength(text) > telegramCharsMax) return failure(400, "Bad Request: message is too long");
    if (/<(?!\/?(b|pre)>)/.test(text)) return failure(400, "Bad Request: can't parse entities");
    if (path.endsWith("/editMessageText") && textAt(json, "message_id") === "8")
      return failure(400, "Bad Request: message is not modified: specified new message content is the same");
    return {
      status: 200,
      body: { ok: true, result: { message_id: 7, username: "culprit_bot", title: "x", url: "https://x" } },
    };
  });

const signed = { "x-telegram-bot-api-secret-token": secret };
const message = (text: string, chat = -100) => ({
  message_id: 1,
  chat: { id: chat },
  from: { username: "ada", is_bot: false },
  text,
});
const callback = { id: "q1", data: "token-confirm", from: { first_name: "Ada" }, message: { chat: { id: -100 } } };

provesProvider(telegram, {
  now: testNow,
  ...entered,
  refusedConfigs: [{ name: "a chat that is none", config: { chat: "x", chat_id: "on call" } }],
  refusedCredentials: [{ name: "half a token", credentials: { bot_token: "AAAAAAAAAAAAAA" } }],
  startFake,
  incoming: {
    deliveries: [
      {
        name: "a command in a group",
        request: someRequest({ update_id: 55, message: message("/culprit@culprit_bot status") }, signed),
        meanings: [
          {
            kind: "command",
            command: "status",
            actor: "@ada",
            isBot: false,
            subject: "telegram:-100",
            payload: { chat_id: "-100", message_id: "1", text: "/culprit@culprit_bot status" },
          },
        ],
      },
      {
        name: "a pressed button",
        request: someRequest({ update_id: 56, callback_query: callback }, signed),
        meanings: [{ kind: "button", token: "token-confirm", actor: "Ada" }],
      },
      {
        name: "a command from another chat",
        request: someRequest({ update_id: 57, message: message("/culprit status", -200) }, signed),
        meanings: [{ kind: "ignored", reason: "It came from another chat than the one in the settings." }],
      },
    ],
    signsBody: false,
    otherCredentials: { bot_token: token, webhook_secret: "another-secret" },
    replayWindowS: { skipped: "Telegram signs no time; an update's id is taken once" },
  },
  outgoing: {
    withinLimits: (rendered) => expect(visibleLength(textAt(rendered, "text") ?? "")).toBeLessThanOrEqual(4096),
    forbidden: ["@everyone", "@here", "@channel", "<script>", "<!channel>"],
    made: ({ requests }) => requests.filter(({ path }) => path.endsWith("/sendMessage")).length,
    newest: ({ requests }) => requests.at(-1)?.body ?? "",
  },
  health: {
    expired: { fake: { kind: "answer", answer: failure(401, "Unauthorized") }, says: /BotFather/ },
    missingScope: {
      fake: { kind: "answer", answer: failure(400, "Bad Request: chat not found") },
      says: /add the bot/,
    },
    revoked: { fake: { kind: "answer", answer: failure(404, "Not Found") }, says: /BotFather/ },
  },
});

let fake: FakeVendor | undefined;
afterEach(() => fake?.close());

test("changing a message to what it is already is no error", async () => {
  fake = await startFake();
  const rendered = renderTelegram(plainMessage, { doesCallBack: true });
  const updated = telegram.outgoing?.update?.("8", rendered, connectTo(telegram, fake, entered), "k", noSignal);
  expect(await updated).toMatchObject({ externalRef: "8", response: { modified: false } });
});

test("too many messages are told with the time to wait that the body names", async () => {
  fake = await startFake();
  fake.behave({ kind: "answer", answer: failure(429, "Too Many Requests", { retry_after: 17 }) });
  const sent = telegram.outgoing?.send({ text: "x" }, connectTo(telegram, fake, entered), "k", noSignal);
  await expect(sent).rejects.toMatchObject({ status: 429, retryAfterS: 17, isWorthRetrying: true });
});

test("a short token calls back, one that Telegram can't carry becomes a link, and a link that is not public is written out", () => {
  const url = "http://localhost:3000/b/confirm";
  const button = (token: string, to: string) => ({ verb: "confirm", label: "Confirm", token, url: to }) as const;
  const keysOf = (token: string, to: string) =>
    renderTelegram({ ...plainMessage, links: [], buttons: [button(token, to)] }, { doesCallBack: true });
  expect(keysOf("short", url).reply_markup).toEqual({
    inline_keyboard: [[{ text: "Confirm", callback_data: "short" }]],
  });
  const long = "t".repeat(65);
  expect(keysOf(long, "https://c.example.com/b").reply_markup).toEqual({
    inline_keyboard: [[{ text: "Confirm", url: "https://c.example.com/b" }]],
  });
  expect(keysOf(long, url)).toMatchObject({ reply_markup: { inline_keyboard: [] } });
  expect(keysOf(long, url).text).toContain(`Confirm: ${url}`);
});

test("a pressed button is answered at once, so that it stops spinning", () => {
  const delivery = telegram.incoming?.read(someRequest({ update_id: 56, callback_query: callback }));
  if (delivery === undefined) throw new Error("nothing was read");
  expect(telegram.incoming?.answer?.(delivery)).toEqual({
    status: 200,
    body: { method: "answerCallbackQuery", callback_query_id: "q1" },
  });
});
