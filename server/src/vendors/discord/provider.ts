import { z } from "zod";
import type { Connection, Provider, Sent } from "../../domains/integration/index.ts";
import { HttpUncertain } from "../../platform/http-client/http-client.ts";
import { callVendor, secretsOfUrl } from "../shared/call-vendor.ts";
import { checkHealth } from "../shared/check-health.ts";
import { webhookUrlOf } from "../shared/form.ts";
import { recordAt, textAt } from "../shared/read-body.ts";
import { renderDiscord } from "./render.ts";

const config = z.object({
  channel: z.string().trim().min(1).max(100).describe("What people call the channel, for lists"),
  thread_id: z
    .string()
    .regex(/^\d{1,32}$/)
    .optional()
    .describe("A thread of the channel"),
});
const credentials = z.object({
  webhook_url: webhookUrlOf(
    /\/api\/(v\d+\/)?webhooks\/\d+\/[\w-]+\/?$/,
    "the address that Discord shows: …/api/webhooks/ID/TOKEN",
  ).describe("The webhook's address, from the channel's settings"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;
type Discord = Connection<Config, Credentials>;

/**
 * Discord, by a channel's webhook. A webhook has no key that makes a repeat harmless and can't list what it sent, so a
 * message goes out at most once; it is changed in place by its id.
 * @see https://discord.com/developers/docs/resources/webhook#execute-webhook
 */
export const discord: Provider<Config, Credentials> = {
  type: "discord",
  title: "Discord",
  help: "Tells people in a channel. In Discord open the channel's settings, Integrations, Webhooks, make one and copy its address. Buttons are links to a page that asks once more.",
  notSupported:
    "Buttons that act inside Discord: only webhooks of an application may send them, and that needs a bot that Discord can reach. Ours open a page that asks once more.",
  config,
  credentials,
  outgoing: {
    repeat: "atMostOnce",
    // Five requests in two seconds for a webhook, as the rate headers of its answers say.
    rate: { perSecond: 2, burst: 5 },
    recipient: ({ channel }) => `#${channel.replace(/^#/, "")} (Discord)`,
    render: (message) => renderDiscord(message),
    send: async (rendered, connection, _key, signal) =>
      sentOf(await call(connection, "POST", "", { wait: "true", with_components: "true" }, rendered, signal)),
    update: async (externalRef, rendered, connection, _key, signal) => {
      const path = `/messages/${encodeURIComponent(externalRef)}`;
      return sentOf(await call(connection, "PATCH", path, { with_components: "true" }, rendered, signal));
    },
  },
  check: (connection, signal) =>
    checkHealth("Make a new webhook in the channel's settings and enter its address.", async () => {
      const name = textAt(await call(connection, "GET", "", {}, undefined, signal), "name");
      return name === null
        ? { status: "degraded", reason: "Something answered that is no webhook of Discord." }
        : { status: "healthy", reason: `The webhook ${name} is there.` };
    }),
};

async function call(
  { http, config: { thread_id: thread }, credentials: { webhook_url } }: Discord,
  method: "GET" | "POST" | "PATCH",
  path: string,
  query: Readonly<Record<string, string>>,
  body: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const url = new URL(webhook_url);
  url.pathname = url.pathname.replace(/\/$/, "") + path;
  const inThread = thread === undefined || method === "GET" ? query : { ...query, thread_id: thread };
  for (const [name, value] of Object.entries(inThread)) url.searchParams.set(name, value);
  const answer = await callVendor(http, {
    vendor: "Discord",
    method,
    url: url.href,
    ...(body === undefined ? {} : { body }),
    secrets: secretsOfUrl(webhook_url),
    signal,
    retryAfterOf: (json) => {
      const seconds = recordAt(json).retry_after;
      return typeof seconds === "number" ? Math.ceil(seconds) : null;
    },
  });
  return answer.json;
}

function sentOf(json: unknown): Sent {
  const id = textAt(json, "id");
  if (id === null) throw new HttpUncertain("Discord answered without the message's id.");
  return { externalRef: id, response: { id, channel_id: textAt(json, "channel_id") } };
}
