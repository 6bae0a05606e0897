import { z } from "zod";
import type { Connection, Incoming, Provider, Sent } from "../../domains/integration/index.ts";
import { HttpUncertain } from "../../platform/http-client/http-client.ts";
import { callVendor } from "../shared/call-vendor.ts";
import { notAskable } from "../shared/check-health.ts";
import { addressSchema, autoResolveSchema, secretSchema } from "../shared/form.ts";
import { hashOfBody, readJson, recordAt, textAt } from "../shared/read-body.ts";
import { checkSignature, hmacHex, refused } from "../shared/signatures.ts";
import { wordOfKey } from "../shared/unique-id.ts";
import { mapPagerdutyEvent, ownKeyPrefix } from "./map-event.ts";
import { renderPagerduty } from "./render.ts";

const config = z.object({
  auto_resolve: autoResolveSchema,
  service: z.string().trim().min(1).max(100).describe("What people call the service in PagerDuty, for lists"),
  opens_incidents: z.boolean().default(true).describe("Whether incidents of PagerDuty open incidents here"),
  acknowledges: z
    .boolean()
    .default(false)
    .describe("Whether news of an investigation acknowledge; this stops PagerDuty's escalation"),
  source: z.string().trim().min(1).max(255).default("culprit").describe("What alerts name as their source"),
  events_url: addressSchema
    .default("https://events.pagerduty.com")
    .describe("https://events.eu.pagerduty.com in the EU"),
});
const credentials = z.object({
  routing_key: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9]{32}$/)
    .describe("The integration key of Events API v2"),
  webhook_secret: secretSchema.optional().describe("The secret that a webhook subscription of version 3 shows once"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;

const header = "x-pagerduty-signature";
const incoming: Incoming<Config, Credentials> = {
  // Several signatures, while a secret is being replaced: v1=…,v1=…
  verify({ headers, body }, { credentials: { webhook_secret: secret } }) {
    if (secret === undefined) return refused("No webhook_secret is entered, so nothing is believed.");
    const given = (headers[header] ?? "")
      .split(",")
      .flatMap((one) => /^\s*v1=([0-9a-f]{64})\s*$/i.exec(one)?.[1] ?? []);
    const wanted = hmacHex(secret, body);
    return given.some((one) => checkSignature(one, wanted, header).ok)
      ? { ok: true }
      : checkSignature(given[0], wanted, header);
  },
  read(request) {
    const payload = readJson(request);
    const event = recordAt(payload, "event");
    return {
      deliveryId: textAt(event, "id") ?? hashOfBody(request),
      eventType: textAt(event, "event_type") ?? "unknown",
      subject: textAt(recordAt(event, "data"), "id"),
      payload,
    };
  },
  map: ({ payload }, { opens_incidents: opensIncidents }) => mapPagerdutyEvent(payload, opensIncidents),
};

/**
 * PagerDuty: alerts by Events API v2, where the same `dedup_key` is the same alert; news by webhooks of version 3.
 * @see https://developer.pagerduty.com/docs/events-api-v2/overview/ and …/docs/verifying-signatures
 */
export const pagerduty: Provider<Config, Credentials> = {
  type: "pagerduty",
  title: "PagerDuty",
  help: "Pages who is on call, and takes PagerDuty's incidents in. Add the integration Events API V2 to a service and copy its key; for the way in add a Generic Webhook (V3) with this integration's address and copy its secret. A message that changes an alert to good resolves it.",
  notSupported: "A health check of the key: Events API v2 answers to events only, and each pages somebody.",
  config,
  credentials,
  incoming,
  outgoing: {
    repeat: "idempotent",
    // 120 events a minute for an integration key are sure to be taken.
    rate: { perSecond: 2, burst: 30 },
    recipient: ({ service }) => `${service} (PagerDuty)`,
    render: (message, { source }) => renderPagerduty(message, source),
    send: (rendered, connection, key, signal) =>
      enqueue(connection, `${ownKeyPrefix}${wordOfKey(key)}`, "trigger", rendered, signal),
    update: (externalRef, rendered, connection, _key, signal) => {
      const isAcknowledged = rendered.tone === "neutral" && connection.config.acknowledges;
      const action = rendered.tone === "good" ? "resolve" : isAcknowledged ? "acknowledge" : "trigger";
      return enqueue(connection, externalRef, action, rendered, signal);
    },
  },
  check: async () => notAskable,
};

async function enqueue(
  { http, config: { events_url }, credentials: { routing_key } }: Connection<Config, Credentials>,
  dedupKey: string,
  action: "trigger" | "acknowledge" | "resolve",
  { tone: _, ...event }: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<Sent> {
  const { json } = await callVendor(http, {
    vendor: "PagerDuty",
    method: "POST",
    url: `${events_url}/v2/enqueue`,
    body: { routing_key, event_action: action, dedup_key: dedupKey, client: "Culprit", ...event },
    secrets: [routing_key],
    signal,
  });
  const ref = textAt(json, "dedup_key");
  if (ref === null) throw new HttpUncertain("PagerDuty answered without the key of the alert.");
  return { externalRef: ref, response: { status: textAt(json, "status"), dedup_key: ref, event_action: action } };
}
