import { z } from "zod";
import type { Connection, Incoming, Message, Provider, Sent } from "../../domains/integration/index.ts";
import { HttpNotSent, HttpUncertain } from "../../platform/http-client/http-client.ts";
import { callVendor } from "../shared/call-vendor.ts";
import { checkHealth } from "../shared/check-health.ts";
import { cutText, fitParts } from "../shared/cut-text.ts";
import { addressSchema, autoResolveSchema, secretSchema } from "../shared/form.ts";
import { mapPrometheusAlerts } from "../shared/map-prometheus-alerts.ts";
import { hashOfBody, readJson, textAt } from "../shared/read-body.ts";
import { checkAge, checkAuthorization, checkSignature, hmacHex, refused } from "../shared/signatures.ts";
import { isLinkable, legibleMessage, titleOf } from "../shared/tone.ts";
import { wordOfKey } from "../shared/unique-id.ts";

const config = z.object({
  auto_resolve: autoResolveSchema,
  url: addressSchema.optional().describe("Grafana's address, for annotations and the health check"),
  dashboard_uid: z.string().trim().min(1).max(40).optional().describe("Annotations go to this dashboard only"),
  panel_id: z.number().int().positive().optional().describe("… and to this panel of it"),
  timestamp_header: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[a-z0-9-]{1,100}$/)
    .optional()
    .describe("The contact point's Timestamp Header, where it has one"),
});
const credentials = z.object({
  hmac_secret: secretSchema.optional().describe("The HMAC secret of the contact point"),
  token: secretSchema.optional().describe("Or its authorization credentials (Bearer); any long random text"),
  service_account_token: secretSchema
    .optional()
    .describe("For annotations: a service account's token with the role Editor"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;
type Grafana = Connection<Config, Credentials>;

const header = "x-grafana-alerting-signature";
const replayWindowMs = 5 * 60_000;
const textMax = 4000;

const incoming: Incoming<Config, Credentials> = {
  verify({ headers, body }, { config: { timestamp_header: named }, credentials: { hmac_secret: secret, token }, now }) {
    if (secret === undefined)
      return token === undefined
        ? refused("Neither hmac_secret nor token is entered.")
        : checkAuthorization(headers.authorization, { secret: token });
    if (named === undefined) return checkSignature(headers[header], hmacHex(secret, body), header);
    const sentAt = headers[named] ?? "";
    const signed = checkSignature(headers[header], hmacHex(secret, `${sentAt}:`, body), header);
    return signed.ok ? checkAge(Number(sentAt || Number.NaN) * 1000, now(), replayWindowMs) : signed;
  },
  read(request) {
    const payload = readJson(request);
    return {
      deliveryId: hashOfBody(request),
      eventType: `alerts.${textAt(payload, "status") ?? "unknown"}`,
      subject: textAt(payload, "groupKey"),
      payload,
    };
  },
  map: ({ payload }) =>
    mapPrometheusAlerts(
      payload,
      (alert) => textAt(alert, "panelURL") ?? textAt(alert, "dashboardURL") ?? textAt(alert, "generatorURL"),
    ),
};

/**
 * Grafana: its unified alerting in, by a webhook contact point; annotations out, found again by a tag of their key.
 * @see https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
 * and https://grafana.com/docs/grafana/latest/developers/http_api/annotations/
 */
export const grafana: Provider<Config, Credentials> = {
  type: "grafana",
  title: "Grafana",
  help: "Alerts open incidents, and what Culprit says stands as annotations on dashboards. Add a contact point of the kind Webhook with this integration's address and an HMAC secret (before Grafana 12: authorization credentials). For annotations make a service account and enter its token.",
  notSupported: "Silences, for the same reason as Alertmanager's. Legacy alerting, which Grafana 11 removed.",
  config,
  credentials,
  incoming,
  outgoing: {
    repeat: "lookup",
    // Grafana names no limit of its own for these; what stands here spares a small one.
    rate: { perSecond: 5, burst: 10 },
    recipient: ({ dashboard_uid: uid }) =>
      uid === undefined ? "annotations of all dashboards (Grafana)" : `annotations of ${uid} (Grafana)`,
    render: (message, { dashboard_uid, panel_id }) => ({
      ...(dashboard_uid === undefined
        ? {}
        : { dashboardUID: dashboard_uid, ...(panel_id === undefined ? {} : { panelId: panel_id }) }),
      tags: ["culprit", message.tone],
      text: renderAnnotation(message),
    }),
    send: async (rendered, connection, key, signal) => {
      const body = { time: connection.now().getTime(), ...rendered, tags: [...tagsOf(rendered), tagOf(key)] };
      const id = textAt(await call(connection, "POST", "/api/annotations", body, signal), "id");
      if (id === null) throw new HttpUncertain("Grafana answered without the annotation's id.");
      return sentOf(id);
    },
    update: async (externalRef, { text }, connection, _key, signal) => {
      const path = `/api/annotations/${encodeURIComponent(externalRef)}`;
      const said = textAt(await call(connection, "PATCH", path, { text }, signal), "message");
      if (said === null) throw new HttpUncertain("Something answered that is not Grafana.");
      return sentOf(externalRef);
    },
    find: async (key, connection, signal) => {
      const found = await call(connection, "GET", `/api/annotations?limit=1&tags=${tagOf(key)}`, undefined, signal);
      if (!Array.isArray(found)) throw new HttpUncertain("Something answered that is not Grafana.");
      const id = textAt(found[0], "id");
      return id === null ? null : sentOf(id);
    },
  },
  async check(connection, signal) {
    const { config: settings, credentials: secrets } = connection;
    if (settings.url === undefined || secrets.service_account_token === undefined)
      return {
        status: "unknown",
        reason: "It takes alerts in; enter Grafana's address and a service account's token to have it checked.",
      };
    return checkHealth("Enter the token of a service account with the role Editor.", async () => {
      const found = await call(connection, "GET", "/api/annotations?limit=1", undefined, signal);
      return Array.isArray(found)
        ? { status: "healthy", reason: "Grafana runs and the token may read annotations." }
        : { status: "degraded", reason: "Something answered that is not Grafana." };
    });
  },
};

/** Grafana shows an annotation's text as HTML that it cleans; nothing of a hostile text is left to clean. */
function renderAnnotation(given: Message): string {
  const message = legibleMessage(given);
  const quote = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return fitParts(
    [
      `<b>${quote(cutText(titleOf(message), 300))}</b>`,
      ...message.links
        .filter(({ url }) => isLinkable(url))
        .slice(0, 5)
        .map(({ label, url }) => `<a href="${quote(url)}">${quote(cutText(label, 60))}</a>`),
      quote(cutText(message.text, 1000)),
      ...message.fields.slice(0, 10).map(({ name, value }) => quote(`${cutText(name, 60)}: ${cutText(value, 100)}`)),
      ...message.sections.map(({ title, text }) => quote(`${cutText(title, 100)}\n${cutText(text, 800)}`)),
    ],
    textMax,
    { gap: "\n" },
  );
}

function tagOf(key: string): string {
  return `culprit-${wordOfKey(key)}`;
}

function tagsOf({ tags }: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Array.isArray(tags) ? tags : [];
}

function sentOf(id: string): Sent {
  return { externalRef: id, response: { id } };
}

async function call(
  { http, config: { url }, credentials: { service_account_token: token } }: Grafana,
  method: "GET" | "POST" | "PATCH",
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  if (url === undefined || token === undefined)
    throw new HttpNotSent("Annotations need Grafana's address and a service account's token.", { isForbidden: true });
  const given = body === undefined ? {} : { body };
  const headers = { authorization: `Bearer ${token}` };
  return (
    await callVendor(http, {
      vendor: "Grafana",
      method,
      url: `${url}${path}`,
      headers,
      ...given,
      secrets: [token],
      signal,
    })
  ).json;
}
