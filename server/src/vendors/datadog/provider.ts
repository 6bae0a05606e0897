import { z } from "zod";
import type { Connection, Incoming, Message, Provider } from "../../domains/integration/index.ts";
import { HttpUncertain } from "../../platform/http-client/http-client.ts";
import { callVendor } from "../shared/call-vendor.ts";
import { checkHealth } from "../shared/check-health.ts";
import { cutText, fitParts } from "../shared/cut-text.ts";
import { addressSchema, autoResolveSchema, secretSchema } from "../shared/form.ts";
import { hashOfBody, readJson, recordAt, textAt } from "../shared/read-body.ts";
import { isSameText, refused } from "../shared/signatures.ts";
import { isLinkable, legibleMessage, titleOf, withoutMentions } from "../shared/tone.ts";
import { wordOfKey } from "../shared/unique-id.ts";
import { mapDatadogWebhook } from "./map-webhook.ts";

const config = z.object({
  auto_resolve: autoResolveSchema,
  api_url: addressSchema
    .default("https://api.datadoghq.com")
    .describe("By your site: https://api.datadoghq.eu, https://api.us5.datadoghq.com …"),
  tags: z.array(z.string().trim().min(1).max(200)).max(20).default([]).describe("Put on each event: env:production"),
});
const credentials = z.object({
  api_key: z
    .string()
    .trim()
    .regex(/^[0-9a-f]{32}$/)
    .describe("An API key of the organisation"),
  webhook_secret: secretSchema
    .optional()
    .describe("What the webhook sends in its header X-Culprit-Secret; any long random text"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;

/** @see https://docs.datadoghq.com/api/latest/events/post-an-event/ */
const limits = { title: 500, text: 4000, aggregationKey: 100 };
const alertTypes: Readonly<Record<Message["tone"], string>> = {
  bad: "error",
  warning: "warning",
  good: "success",
  neutral: "info",
};
const header = "x-culprit-secret";

const incoming: Incoming<Config, Credentials> = {
  // Datadog signs nothing; a webhook may be given headers of its own.
  verify({ headers }, { credentials: { webhook_secret: secret } }) {
    if (secret === undefined) return refused("No webhook_secret is entered, so nothing is believed.");
    return isSameText(headers[header], secret)
      ? { ok: true }
      : refused("The header X-Culprit-Secret is wrong or missing.");
  },
  read(request) {
    const payload = readJson(request);
    const eventId = textAt(payload, "event_id");
    const transition = textAt(payload, "transition") ?? "unknown";
    return {
      deliveryId:
        eventId === null || eventId.startsWith("$") ? hashOfBody(request) : `${eventId} ${transition}`.slice(0, 255),
      eventType: `monitor.${transition}`,
      subject: textAt(payload, "monitor_id"),
      payload,
    };
  },
  map: ({ payload }) => mapDatadogWebhook(payload),
};

/**
 * Datadog: monitors in by a webhook, events out by Events API v1, the one that takes events of any kind (v2 takes changes
 * and alerts). `aggregation_key` groups and does not tell repeats apart, so an event goes out at most once.
 */
export const datadog: Provider<Config, Credentials> = {
  type: "datadog",
  title: "Datadog",
  help: "Monitors open incidents, and what Culprit says stands in the event stream. Enter an API key; for the way in add a webhook (Integrations, Webhooks) with this integration's address, our payload and the custom header X-Culprit-Secret, and name it in monitors as @webhook-culprit.",
  notSupported: "Muting monitors, for the same reason as silences. Events of API v2: it takes changes and alerts only.",
  config,
  credentials,
  incoming,
  outgoing: {
    repeat: "atMostOnce",
    // Far below what an organisation may post (250,000 events a minute): they are for people.
    rate: { perSecond: 10, burst: 50 },
    recipient: ({ api_url }) => `event stream of ${new URL(api_url).host} (Datadog)`,
    render: (message, { tags }) => renderEvent(message, tags),
    send: async (rendered, connection, key, signal) => {
      const body = { ...rendered, aggregation_key: `culprit-${wordOfKey(key)}` };
      const json = await call(connection, "POST", "/api/v1/events", body, signal);
      const id = textAt(recordAt(json, "event"), "id_str") ?? textAt(recordAt(json, "event"), "id");
      if (id === null) throw new HttpUncertain("Datadog answered without the event's id.");
      return { externalRef: id, response: { id, status: textAt(json, "status") } };
    },
  },
  check: (connection, signal) =>
    checkHealth("Enter an API key of this organisation, and the address of its site.", async () => {
      const json = await call(connection, "GET", "/api/v1/validate", undefined, signal);
      return recordAt(json).valid === true
        ? { status: "healthy", reason: "The API key is valid." }
        : { status: "degraded", reason: "Something answered that is not Datadog." };
    }),
};

/** An event's text is plain unless it begins with %%%, and then Markdown; an @ in it tells somebody, so each is broken. */
function renderEvent(given: Message, tags: readonly string[]): Readonly<Record<string, unknown>> {
  const message = legibleMessage(given);
  const links = [...message.links, ...message.buttons].filter(({ url }) => isLinkable(url)).slice(0, 10);
  const text = fitParts(
    [
      cutText(message.text, 1500),
      links.map(({ label, url }) => `${cutText(label, 60)}: ${url}`).join("\n"),
      message.fields
        .slice(0, 20)
        .map(({ name, value }) => `${cutText(name, 60)}: ${cutText(value, 100)}`)
        .join("\n"),
      ...message.sections.map((section) => `${cutText(section.title, 100)}\n${cutText(section.text, 1000)}`),
    ].map((part) => withoutMentions(part).replaceAll("%%%", "%\u200b%%")),
    limits.text,
  );
  return {
    title: cutText(withoutMentions(titleOf(message)), limits.title),
    text: text || "Culprit",
    alert_type: alertTypes[message.tone],
    tags: ["source:culprit", ...tags],
  };
}

async function call(
  { http, config: { api_url }, credentials: { api_key } }: Connection<Config, Credentials>,
  method: "GET" | "POST",
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const headers = { "dd-api-key": api_key };
  const given = body === undefined ? {} : { body };
  return (
    await callVendor(http, {
      vendor: "Datadog",
      method,
      url: `${api_url}${path}`,
      headers,
      ...given,
      secrets: [api_key],
      signal,
    })
  ).json;
}
