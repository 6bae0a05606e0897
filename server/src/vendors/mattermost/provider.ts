import { z } from "zod";
import type { Connection, Incoming, Provider, Sent } from "../../domains/integration/index.ts";
import { HttpNotSent, HttpUncertain } from "../../platform/http-client/http-client.ts";
import { callVendor, secretsOfUrl, type VendorAnswer } from "../shared/call-vendor.ts";
import { checkHealth, notAskable } from "../shared/check-health.ts";
import { addressSchema, secretSchema, webhookUrlSchema } from "../shared/form.ts";
import { hashOfBody, type Json, readJson, recordAt, recordsAt, textAt } from "../shared/read-body.ts";
import { checkSignature, hmacHex, refused } from "../shared/signatures.ts";
import { renderMattermost } from "./render.ts";

const config = z.object({
  channel: z.string().trim().min(1).max(100).describe("What people call the channel, for lists"),
  server_url: addressSchema.optional().describe("With a bot: the address of Mattermost"),
  channel_id: z
    .string()
    .regex(/^[a-z0-9]{26}$/)
    .optional()
    .describe("With a bot: the channel's id, from View Info"),
  callback_url: addressSchema
    .optional()
    .describe("The address of this integration's webhooks, so that buttons call back"),
});
const credentials = z.object({
  bot_token: secretSchema.optional().describe("A bot's access token: messages are then changed in place"),
  webhook_url: webhookUrlSchema.optional().describe("Or the address of an incoming webhook"),
  button_secret: secretSchema.optional().describe("Signs what buttons call back with; any long random text"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;
type Mattermost = Connection<Config, Credentials>;

const incoming: Incoming<Config, Credentials> = {
  // Mattermost signs nothing. The address that a button calls is our own, with the signature of its token in it.
  verify(request, { credentials: { button_secret: secret } }) {
    if (secret === undefined) return refused("No button_secret is entered, so no button was ever sent.");
    let context: Json;
    try {
      context = recordAt(readJson(request), "context");
    } catch {
      return refused("The body is not JSON.");
    }
    const wanted = hmacHex(secret, textAt(context, "token") ?? "");
    return checkSignature(request.query.signature, wanted, "the address");
  },
  read(request) {
    const { token: _, ...payload } = readJson(request);
    return {
      deliveryId: textAt(payload, "trigger_id") ?? hashOfBody(request),
      eventType: "button",
      subject: textAt(payload, "post_id"),
      payload,
    };
  },
  map({ payload }) {
    const token = textAt(recordAt(payload, "context"), "token");
    if (token === null) return [{ kind: "ignored", reason: "It is no button of Culprit." }];
    return [{ kind: "button", token, actor: textAt(payload, "user_name") ?? textAt(payload, "user_id") ?? "somebody" }];
  },
  answer: () => ({ status: 200, body: { ephemeral_text: "Culprit heard you." } }),
};

/**
 * Mattermost, by a bot (messages are changed in place) or by an incoming webhook (it answers `ok` and no id). Neither has a
 * key that makes a repeat harmless, so a message goes out at most once.
 * @see https://developers.mattermost.com/integrate/webhooks/incoming/ and https://api.mattermost.com/#tag/posts
 */
export const mattermost: Provider<Config, Credentials> = {
  type: "mattermost",
  title: "Mattermost",
  help: "Tells people in a channel. Make a bot account (System Console, Integrations) and add it to the channel, or make an incoming webhook. For buttons that work inside Mattermost, enter this integration's webhook address and a secret, and allow that address in AllowedUntrustedInternalConnections.",
  notSupported:
    "With a webhook, changing a message in place and the health check: it answers `ok` and nothing else. A bot can do both.",
  config,
  credentials,
  incoming,
  outgoing: {
    repeat: "atMostOnce",
    // RateLimitSettings as Mattermost ships them: 10 requests a second, 100 at once.
    rate: { perSecond: 10, burst: 100 },
    recipient: ({ channel }) => `~${channel.replace(/^~/, "")} (Mattermost)`,
    render: (message, { callback_url: callbackUrl }) => renderMattermost(message, { callbackUrl }),
    send: async (rendered, connection, _key, signal) => {
      const { config: settings, credentials: secrets } = connection;
      const signed = signButtons(rendered, secrets.button_secret);
      if (secrets.bot_token !== undefined && settings.channel_id !== undefined) {
        const post = { channel_id: settings.channel_id, message: "", props: { attachments: signed } };
        return postOf(await callBot(connection, "POST", "/posts", post, signal));
      }
      if (secrets.webhook_url === undefined)
        throw new HttpNotSent("Neither a bot with its channel nor a webhook is entered.", { isForbidden: true });
      const url = secrets.webhook_url;
      const call = { vendor: "Mattermost", method: "POST", url, body: { attachments: signed }, signal } as const;
      const { text } = await callVendor(connection.http, { ...call, secrets: secretsOfUrl(url) });
      if (text.trim() !== "ok") throw new HttpUncertain("Something answered that is no webhook of Mattermost.");
      return { externalRef: null, response: { answer: "ok" } };
    },
    update: async (externalRef, rendered, connection, _key, signal) => {
      const attachments = signButtons(rendered, connection.credentials.button_secret);
      const path = `/posts/${encodeURIComponent(externalRef)}/patch`;
      return postOf(await callBot(connection, "PUT", path, { props: { attachments } }, signal));
    },
  },
  check: (connection, signal) => {
    if (connection.credentials.bot_token === undefined) return Promise.resolve(notAskable);
    return checkHealth(
      "Make a new token for the bot and enter it; the bot must be a member of the channel.",
      async () => {
        const { json } = await callBot(
          connection,
          "GET",
          `/channels/${connection.config.channel_id}`,
          undefined,
          signal,
        );
        const name = textAt(json, "display_name") ?? textAt(json, "name");
        if (name === null) return { status: "degraded", reason: "Something answered that is not Mattermost." };
        return { status: "healthy", reason: `The bot can see the channel ${name}.` };
      },
    );
  },
};

async function callBot(
  { http, config: { server_url: server }, credentials: { bot_token: token } }: Mattermost,
  method: "GET" | "POST" | "PUT",
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<VendorAnswer> {
  if (server === undefined || token === undefined)
    throw new HttpNotSent("A bot needs the address of Mattermost and its token.", { isForbidden: true });
  return callVendor(http, {
    vendor: "Mattermost",
    method,
    url: `${server}/api/v4${path}`,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body }),
    secrets: [token],
    signal,
  });
}

function postOf({ json }: VendorAnswer): Sent {
  const id = textAt(json, "id");
  if (id === null) throw new HttpUncertain("Mattermost answered without the post's id.");
  return { externalRef: id, response: { id, channel_id: textAt(json, "channel_id") } };
}

/** The attachments with each button's token signed; without a secret no button could be believed, so there are none. */
function signButtons(rendered: Json, secret: string | undefined): readonly Json[] {
  return recordsAt(rendered, "attachments").map((attachment) => {
    if (secret === undefined) return { ...attachment, actions: [] };
    const actions = recordsAt(attachment, "actions").map((action) => {
      const { url, context } = recordAt(action, "integration");
      const signed = new URL(String(url));
      signed.searchParams.set("signature", hmacHex(secret, textAt(context, "token") ?? ""));
      return { ...action, integration: { url: signed.href, context } };
    });
    return { ...attachment, actions };
  });
}
