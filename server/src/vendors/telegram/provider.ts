import { z } from "zod";
import {
  type Connection,
  type Incoming,
  type Meaning,
  type Provider,
  VendorRefused,
} from "../../domains/integration/index.ts";
import { HttpUncertain } from "../../platform/http-client/http-client.ts";
import { callVendor } from "../shared/call-vendor.ts";
import { checkHealth } from "../shared/check-health.ts";
import { commandOf } from "../shared/command-of.ts";
import { addressSchema } from "../shared/form.ts";
import { hashOfBody, readJson, recordAt, textAt } from "../shared/read-body.ts";
import { isSameText, refused } from "../shared/signatures.ts";
import { renderTelegram } from "./render.ts";

const config = z.object({
  chat: z.string().trim().min(1).max(100).describe("What people call the chat, for lists"),
  chat_id: z
    .string()
    .regex(/^(-?\d{1,20}|@[A-Za-z]\w{3,})$/)
    .describe("The chat's number, or the @name of a channel"),
  thread_id: z.number().int().positive().optional().describe("A topic of a group"),
  receives_updates: z
    .boolean()
    .default(false)
    .describe("Whether setWebhook was called with this integration's address"),
  api_url: addressSchema.default("https://api.telegram.org").describe("Another Bot API server"),
});
const credentials = z.object({
  bot_token: z
    .string()
    .trim()
    .regex(/^\d+:[\w-]{20,}$/)
    .describe("From @BotFather"),
  webhook_secret: z
    .string()
    .regex(/^[\w-]{8,256}$/)
    .optional()
    .describe("secret_token of setWebhook"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;

const secretHeader = "x-telegram-bot-api-secret-token";

const incoming: Incoming<Config, Credentials> = {
  verify({ headers }, { credentials: { webhook_secret: secret } }) {
    if (secret === undefined) return refused("No webhook_secret is entered, so nothing is believed.");
    return isSameText(headers[secretHeader], secret)
      ? { ok: true }
      : refused(`The header ${secretHeader} is wrong or missing.`);
  },
  read(request) {
    const payload = readJson(request);
    const id = textAt(payload, "update_id");
    const eventType = payload.callback_query === undefined ? "message" : "callback_query";
    return { deliveryId: id ?? hashOfBody(request), eventType, subject: chatOf(payload), payload };
  },
  map({ payload }, { chat_id: wanted }) {
    const chat = chatOf(payload);
    const name = textAt(recordAt(payload, "callback_query", "message", "chat"), "username");
    if (chat !== wanted && `@${name ?? ""}` !== wanted)
      return [{ kind: "ignored", reason: "It came from another chat than the one in the settings." }];
    return [meaningOf(payload, chat ?? wanted)];
  },
  // Telegram shows a pressed button as busy until it is answered, and takes a method as the answer to its call.
  answer({ payload }) {
    const id = textAt(recordAt(payload, "callback_query"), "id");
    return id === null ? null : { status: 200, body: { method: "answerCallbackQuery", callback_query_id: id } };
  },
};

/**
 * Telegram, by a bot. It has no key that makes a repeat harmless, so a message goes out at most once; it is changed in place.
 * @see https://core.telegram.org/bots/api
 */
export const telegram: Provider<Config, Credentials> = {
  type: "telegram",
  title: "Telegram",
  help: "Tells people in a chat and takes commands from it. Talk to @BotFather to make a bot, add it to the chat, and enter its token and the chat's number. For commands call setWebhook with this integration's address and a secret_token.",
  notSupported:
    "Buttons that act inside Telegram where the signed token has more than the 64 bytes that Telegram carries: those open a page.",
  config,
  credentials,
  incoming,
  outgoing: {
    repeat: "atMostOnce",
    // One message a second into a chat; groups take 20 a minute, and answer 429 with the time to wait beyond.
    rate: { perSecond: 0.33, burst: 3 },
    recipient: ({ chat }) => `${chat} (Telegram)`,
    render: (message, { receives_updates: doesCallBack }) => renderTelegram(message, { doesCallBack }),
    send: async (rendered, connection, _key, signal) => {
      const { chat_id, thread_id } = connection.config;
      const body = { chat_id, ...(thread_id === undefined ? {} : { message_thread_id: thread_id }), ...rendered };
      return sentOf(await call(connection, "sendMessage", body, signal));
    },
    update: async (externalRef, rendered, connection, _key, signal) => {
      const body = { chat_id: connection.config.chat_id, message_id: Number(externalRef), ...rendered };
      try {
        return sentOf(await call(connection, "editMessageText", body, signal));
      } catch (error) {
        // It says so where an edit was made before.
        if (error instanceof VendorRefused && error.message.includes("message is not modified"))
          return { externalRef, response: { message_id: externalRef, modified: false } };
        throw error;
      }
    },
  },
  check: (connection, signal) =>
    checkHealth("Enter the token that @BotFather shows, and add the bot to the chat.", async () => {
      const bot = textAt(await call(connection, "getMe", {}, signal), "username");
      const chat = await call(connection, "getChat", { chat_id: connection.config.chat_id }, signal);
      const title = textAt(chat, "title") ?? textAt(chat, "username") ?? connection.config.chat;
      if (!connection.config.receives_updates) return { status: "healthy", reason: `@${bot} sees the chat ${title}.` };
      const hook = await call(connection, "getWebhookInfo", {}, signal);
      const failure = textAt(hook, "last_error_message");
      if (textAt(hook, "url") === null)
        return {
          status: "unhealthy",
          reason: "The bot has no webhook: call setWebhook with this integration's address.",
        };
      if (failure !== null)
        return { status: "degraded", reason: `Telegram could not deliver to the webhook: ${failure}` };
      return { status: "healthy", reason: `@${bot} sees the chat ${title}, and its webhook is set.` };
    }),
};

async function call(
  { http, config: { api_url }, credentials: { bot_token: token } }: Connection<Config, Credentials>,
  method: string,
  body: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const { json } = await callVendor(http, {
    vendor: "Telegram",
    method: "POST",
    url: `${api_url}/bot${token}/${method}`,
    body,
    secrets: [token],
    signal,
    retryAfterOf: (answer) => Number(textAt(recordAt(answer, "parameters"), "retry_after")) || null,
  });
  const result = recordAt(json, "result");
  if (recordAt(json).ok !== true) throw new HttpUncertain("Something answered that is not Telegram.");
  return result;
}

function sentOf(result: unknown) {
  const id = textAt(result, "message_id");
  if (id === null) throw new HttpUncertain("Telegram answered without the message's id.");
  return { externalRef: id, response: { message_id: id } };
}

function chatOf(payload: unknown): string | null {
  return (
    textAt(recordAt(payload, "message", "chat"), "id") ??
    textAt(recordAt(payload, "callback_query", "message", "chat"), "id")
  );
}

function meaningOf(payload: Readonly<Record<string, unknown>>, chat: string): Meaning {
  const query = recordAt(payload, "callback_query");
  const token = textAt(query, "data");
  if (token !== null) return { kind: "button", token, actor: actorOf(query.from) };
  const message = recordAt(payload, "message");
  const command = commandOf(textAt(message, "text"));
  if (command === null)
    return { kind: "ignored", reason: "It is neither a button nor a command that begins with /culprit." };
  const { from } = message;
  return {
    kind: "command",
    command,
    actor: actorOf(from),
    isBot: recordAt(from).is_bot === true,
    subject: `telegram:${chat}`,
    payload: { chat_id: chat, message_id: textAt(message, "message_id"), text: textAt(message, "text") },
  };
}

function actorOf(from: unknown): string {
  const name = textAt(from, "username");
  return name === null ? (textAt(from, "first_name") ?? textAt(from, "id") ?? "somebody") : `@${name}`;
}
