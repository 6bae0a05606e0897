import { z } from "zod";
import type { Provider } from "../../domains/integration/index.ts";
import { HttpUncertain } from "../../platform/http-client/http-client.ts";
import { callVendor, secretsOfUrl } from "../shared/call-vendor.ts";
import { notAskable } from "../shared/check-health.ts";
import { webhookUrlOf } from "../shared/form.ts";
import { textAt } from "../shared/read-body.ts";
import { uuidOfKey } from "../shared/unique-id.ts";
import { renderGoogleChat } from "./render.ts";

const config = z.object({
  space: z.string().trim().min(1).max(100).describe("What people call the space, for lists"),
  thread_key: z.string().trim().min(1).max(200).optional().describe("All messages go to the thread of this name"),
});
const credentials = z.object({
  webhook_url: webhookUrlOf(
    /\/v1\/spaces\/[\w-]+\/messages$/,
    "the address that Google Chat shows: …/v1/spaces/SPACE/messages?key=…&token=…",
  ).describe("The webhook's address, from the space's settings"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;

/**
 * Google Chat, by a space's webhook. `requestId` makes a repeat harmless: an id that was used before gives the message
 * that was made with it. A webhook can't change a message in place, so news of it are a new one.
 * @see https://developers.google.com/workspace/chat/quickstart/webhooks
 */
export const googleChat: Provider<Config, Credentials> = {
  type: "google_chat",
  title: "Google Chat",
  help: "Tells people in a space. In Google Chat open the space's menu, Apps & integrations, Webhooks, add one and copy its address; it needs a Google Workspace account. Buttons are links to a page that asks once more.",
  notSupported:
    "Changing a message in place, buttons that act inside Chat, a health check: a webhook may only create messages.",
  config,
  credentials,
  outgoing: {
    repeat: "idempotent",
    // Sixty writes a minute for a space, shared by all that write into it.
    rate: { perSecond: 1, burst: 1 },
    recipient: ({ space }) => `${space} (Google Chat)`,
    render: (message, { thread_key: threadKey }) => ({
      ...renderGoogleChat(message),
      ...(threadKey === undefined ? {} : { thread: { threadKey } }),
    }),
    send: async (rendered, { http, config: { thread_key: thread }, credentials: { webhook_url } }, key, signal) => {
      const url = new URL(webhook_url);
      url.searchParams.set("requestId", uuidOfKey(key));
      if (thread !== undefined) url.searchParams.set("messageReplyOption", "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD");
      const secrets = secretsOfUrl(webhook_url);
      const call = { vendor: "Google Chat", method: "POST", url: url.href, body: rendered, secrets, signal } as const;
      const { json } = await callVendor(http, call);
      const name = textAt(json, "name");
      if (name === null) throw new HttpUncertain("Google Chat answered without the message's name.");
      return { externalRef: name, response: { name } };
    },
  },
  check: async () => notAskable,
};
