import type { Severity } from "@culprit/contract";
import { z } from "zod";
import type { Connection, Message, Provider, Sent } from "../../domains/integration/index.ts";
import { HttpUncertain } from "../../platform/http-client/http-client.ts";
import { callVendor, type VendorAnswer } from "../shared/call-vendor.ts";
import { checkHealth } from "../shared/check-health.ts";
import { cutText, fitParts } from "../shared/cut-text.ts";
import { addressSchema } from "../shared/form.ts";
import { textAt } from "../shared/read-body.ts";
import { legibleMessage } from "../shared/tone.ts";
import { wordOfKey } from "../shared/unique-id.ts";

const config = z.object({
  team: z.string().trim().min(1).max(100).optional().describe("The team that is told; else the integration's own"),
  api_url: addressSchema.default("https://api.opsgenie.com").describe("https://api.eu.opsgenie.com in the EU"),
});
const credentials = z.object({
  api_key: z
    .string()
    .trim()
    .regex(/^[\w-]{20,64}$/)
    .describe("The key of an API integration that may create and read alerts"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;

/** @see https://docs.opsgenie.com/docs/alert-api#create-alert */
const limits = { message: 130, description: 15_000, note: 25_000, tag: 50 };
const priorities: Readonly<Record<Severity, string>> = { critical: "P1", high: "P2", medium: "P3", low: "P5" };

/**
 * Opsgenie, by its alert API, where the same `alias` is the same open alert. Its calls are taken for later (202): what
 * becomes of one is told by its request id only.
 */
export const opsgenie: Provider<Config, Credentials> = {
  type: "opsgenie",
  title: "Opsgenie",
  help: "Pages who is on call. Atlassian has sold no new Opsgenie since June 2025 and ends it on 5 April 2027: plan the move to Jira Service Management. Add an API integration to a team and copy its key. A message that changes an alert to good closes it.",
  notSupported: "News from Opsgenie: it ends on 5 April 2027, so only what pages people is supported until then.",
  config,
  credentials,
  outgoing: {
    repeat: "idempotent",
    // The least that a plan grants is about ten requests a second for an account; it answers 429 beyond.
    rate: { perSecond: 2, burst: 10 },
    recipient: ({ team }) => `${team ?? "the integration's team"} (Opsgenie)`,
    render: (message, { team }) => renderOpsgenie(message, team),
    send: async ({ tone: _tone, note: _note, ...rendered }, connection, key, signal) => {
      const alias = `culprit-${wordOfKey(key)}`;
      return sentOf(alias, await call(connection, "POST", "/v2/alerts", { alias, ...rendered }, signal));
    },
    update: async (externalRef, { tone, note }, connection, _key, signal) => {
      const action = tone === "good" ? "close" : "notes";
      const path = `/v2/alerts/${encodeURIComponent(externalRef)}/${action}?identifierType=alias`;
      return sentOf(externalRef, await call(connection, "POST", path, { source: "Culprit", note }, signal));
    },
  },
  check: (connection, signal) =>
    checkHealth("Enter the key of an API integration that is on, and that may read alerts.", async () => {
      const { json } = await call(connection, "GET", "/v2/alerts?limit=1", undefined, signal);
      if (textAt(json, "requestId") === null)
        return { status: "degraded", reason: "Something answered that is not Opsgenie." };
      return { status: "healthy", reason: "The key is good. Atlassian ends Opsgenie on 5 April 2027." };
    }),
};

function renderOpsgenie(given: Message, team: string | undefined): Readonly<Record<string, unknown>> {
  const message = legibleMessage(given);
  const parts = [
    cutText(message.text, 5000),
    message.fields
      .slice(0, 50)
      .map(({ name, value }) => `${cutText(name, 100)}: ${cutText(value, 200)}`)
      .join("\n"),
    ...message.sections.map(({ title, text }) => `${cutText(title, 200)}\n${cutText(text, 3000)}`),
  ];
  const links = [...message.links, ...message.buttons]
    .slice(0, 12)
    .map(({ label, url }) => `${cutText(label, 60)}: ${url}`);
  return {
    tone: message.tone,
    message: cutText(message.title, limits.message) || "Culprit",
    description: fitParts([links.join("\n"), ...parts], limits.description),
    note: fitParts([message.title.slice(0, 500), links.join("\n"), ...parts], limits.note),
    priority: message.tone === "good" ? "P5" : priorities[message.severity ?? "high"],
    source: "Culprit",
    tags: ["culprit"],
    ...(team === undefined ? {} : { responders: [{ type: "team", name: team }] }),
  };
}

function call(
  { http, config: { api_url }, credentials: { api_key } }: Connection<Config, Credentials>,
  method: "GET" | "POST",
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<VendorAnswer> {
  const headers = { authorization: `GenieKey ${api_key}` };
  const given = body === undefined ? {} : { body };
  return callVendor(http, {
    vendor: "Opsgenie",
    method,
    url: `${api_url}${path}`,
    headers,
    ...given,
    secrets: [api_key],
    signal,
  });
}

function sentOf(alias: string, { json }: VendorAnswer): Sent {
  const requestId = textAt(json, "requestId");
  if (requestId === null) throw new HttpUncertain("Opsgenie answered without the id of the request.");
  return { externalRef: alias, response: { alias, request_id: requestId } };
}
