import { z } from "zod";
import type { Connection, Incoming, Meaning, Provider, Sent } from "../../domains/integration/index.ts";
import { HttpUncertain } from "../../platform/http-client/http-client.ts";
import { checkHealth } from "../shared/check-health.ts";
import { hashOfBody, readForm, recordAt, recordsAt, textAt } from "../shared/read-body.ts";
import { checkAge, checkSignature, hmacHex } from "../shared/signatures.ts";
import { wordOfKey } from "../shared/unique-id.ts";
import { renderSlack } from "../slack/render.ts";
import { callSlack } from "./call-slack.ts";
import { pullRequestOfChannel } from "./pull-request-channel.ts";

const config = z.object({
  channel: z
    .string()
    .regex(/^[CG][A-Z0-9]{6,}$/)
    .describe("The id of the channel for what is about no pull request"),
  channel_prefix: z
    .string()
    .regex(/^[a-z0-9]{1,20}$/)
    .default("pr")
    .describe("How the names of channels begin: pr-shop-12"),
  people: z
    .record(z.string(), z.string().regex(/^[UW][A-Z0-9]{6,}$/))
    .default({})
    .describe("GitHub logins and their ids in Slack"),
});
const credentials = z.object({
  bot_token: z
    .string()
    .regex(/^xox[a-z]-[\w-]{10,}$/)
    .describe("Of an app with the scopes below"),
  signing_secret: z.string().min(16).max(200).describe("Of the same app, for its slash commands"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;
type Axolo = Connection<Config, Credentials>;

/** What the bot must be allowed: to speak, to make channels, and to find in one what it said. */
const scopes = ["chat:write", "channels:manage", "channels:read", "channels:history", "commands"];
const remedy = `Install the app again with the scopes ${scopes.join(", ")}, and enter its new bot token.`;
const windowMs = 5 * 60_000;
const historyMax = 100;
const commandName = /^\/culprit-(analyze|status|assign)$/;

const incoming: Incoming<Config, Credentials> = {
  verify({ headers, body }, { credentials: { signing_secret: secret }, now }) {
    const seconds = headers["x-slack-request-timestamp"] ?? "";
    const wanted = `v0=${hmacHex(secret, `v0:${seconds}:`, body)}`;
    const signed = checkSignature(headers["x-slack-signature"], wanted, "X-Slack-Signature");
    return signed.ok ? checkAge(Number(seconds || Number.NaN) * 1000, now(), windowMs) : signed;
  },
  read(request) {
    // The old verification token is a secret, and nothing here needs it.
    const { token: _, ...payload } = readForm(request);
    return {
      deliveryId: (payload.trigger_id ?? hashOfBody(request)).slice(0, 255),
      eventType: "slash_command",
      subject: payload.channel_id === undefined ? null : `slack:${payload.channel_id}`.slice(0, 500),
      payload,
    };
  },
  map({ payload, subject }, { channel_prefix: prefix }): readonly Meaning[] {
    const word = commandName.exec(textAt(payload, "command") ?? "")?.[1];
    if (word === undefined)
      return [{ kind: "ignored", reason: "It is none of /culprit-analyze, /culprit-status and /culprit-assign." }];
    const pull = pullRequestOfChannel(prefix, textAt(payload, "channel_name") ?? "");
    return [
      {
        kind: "command",
        command: `${word} ${textAt(payload, "text") ?? ""}`.trim(),
        actor: textAt(payload, "user_name") ?? textAt(payload, "user_id") ?? "somebody",
        isBot: false,
        subject: subject ?? "slack",
        payload: { ...payload, pull_request: pull },
      },
    ];
  },
  answer: () => ({ status: 200, body: { response_type: "ephemeral", text: "Culprit has it." } }),
};

/**
 * What Axolo does, by Slack itself: a channel for each pull request (`pull-request-channel.ts`), reminders (`reminders.ts`),
 * and commands. Axolo has no public API to be called.
 * @see https://docs.slack.dev/reference/methods/conversations.create
 */
export const axolo: Provider<Config, Credentials> = {
  type: "axolo",
  title: "Pull-request channels (Axolo style)",
  help: "A Slack channel for each pull request, with its people in it, and the commands /culprit-analyze, /culprit-status and /culprit-assign. It is done by a Slack app of your own: give it the scopes chat:write, channels:manage, channels:read, channels:history and commands, and this integration's address for the three commands.",
  notSupported: "Axolo's own service: it has no public API, so nothing can be asked of it or told to it.",
  config,
  credentials,
  incoming,
  outgoing: {
    repeat: "lookup",
    // One message a second for a channel, short bursts allowed.
    rate: { perSecond: 1, burst: 5 },
    recipient: ({ channel }) => `${channel} (Slack)`,
    render: (message) => renderSlack(message, false),
    send: async (rendered, connection, key, signal) => {
      const metadata = { event_type: "culprit_message", event_payload: { key: wordOfKey(key) } };
      const body = { channel: connection.config.channel, unfurl_links: false, ...rendered, metadata };
      return sentOf((await callSlack(connection, "chat.postMessage", body, signal)).json);
    },
    update: async (externalRef, rendered, connection, _key, signal) => {
      const [channel = "", ts = ""] = externalRef.split(":");
      return sentOf((await callSlack(connection, "chat.update", { channel, ts, ...rendered }, signal)).json);
    },
    find: async (key, connection, signal) => {
      const { channel } = connection.config;
      const body = { channel, limit: historyMax, include_all_metadata: true };
      const { json } = await callSlack(connection, "conversations.history", body, signal);
      const word = wordOfKey(key);
      const found = recordsAt(json, "messages").find(
        (one) => textAt(recordAt(one, "metadata", "event_payload"), "key") === word,
      );
      return found === undefined ? null : sentOf({ channel, ts: textAt(found, "ts") });
    },
  },
  check: (connection: Axolo, signal) =>
    checkHealth(remedy, async () => {
      const { json, scopes: held } = await callSlack(connection, "auth.test", {}, signal);
      const missing = held === null ? [] : scopes.filter((scope) => !held.includes(scope));
      if (missing.length > 0) return { status: "unhealthy", reason: `The bot lacks ${missing.join(", ")}. ${remedy}` };
      return { status: "healthy", reason: `The bot ${textAt(json, "user")} of ${textAt(json, "team")} is let in.` };
    }),
};

function sentOf(answer: unknown): Sent {
  const [channel, ts] = [textAt(answer, "channel"), textAt(answer, "ts")];
  if (channel === null || ts === null) throw new HttpUncertain("Slack answered without saying which message it is.");
  return { externalRef: `${channel}:${ts}`, response: { channel, ts } };
}
