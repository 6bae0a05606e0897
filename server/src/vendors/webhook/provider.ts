import { z } from "zod";
import type { Connection, HealthResult, Message, Provider, Sent } from "../../domains/integration/index.ts";
import { callVendor, secretsOfUrl } from "../shared/call-vendor.ts";
import { checkHealth } from "../shared/check-health.ts";
import { cutText } from "../shared/cut-text.ts";
import { webhookUrlSchema } from "../shared/form.ts";
import { textAt } from "../shared/read-body.ts";
import { meaningOfCall, readCall } from "./read-call.ts";
import { checkSigned, SIGNATURE_HEADER, signBody } from "./sign.ts";

const config = z.object({
  title: z.string().trim().min(1).max(100).default("webhook").describe("What people call the other side, for lists"),
  auto_resolve: z.boolean().default(true).describe("Resolve the incident when its alert says that it is over"),
});
const credentials = z.object({
  secret: z.string().min(16).max(500).describe("Both sides sign with it: at least 16 characters, by chance"),
  url: webhookUrlSchema.optional().describe("Where messages go; leave it out to only take in"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;
type Webhook = Connection<Config, Credentials>;

const limits = { title: 500, text: 20_000, items: 50, field: 2000 };

/** Any system that can sign: events and alerts in, messages out, both under the same signature (see sign.ts). */
export const webhook: Provider<Config, Credentials> = {
  type: "webhook",
  title: "Webhook",
  help: "For everything that has no integration of its own. Calls in and out carry Culprit-Signature: t=SECONDS,v1=HMAC-SHA256 of SECONDS.BODY with the shared secret. Whoever takes messages must treat the same Idempotency-Key as the same message.",
  config,
  credentials,
  incoming: {
    verify: ({ headers, body }, connection) =>
      checkSigned(connection.credentials.secret, headers[SIGNATURE_HEADER], body, connection.now()),
    read: readCall,
    map: (delivery, _config, receivedAt) => meaningOfCall(delivery, receivedAt),
  },
  outgoing: {
    repeat: "idempotent",
    rate: { perSecond: 10, burst: 20 },
    recipient: ({ title }) => title,
    render,
    send: (rendered, connection, key, signal) =>
      post(connection, { type: "message", id: key, ...rendered }, key, signal),
    update: (externalRef, rendered, connection, key, signal) =>
      post(connection, { type: "message.updated", id: key, updates: externalRef, ...rendered }, key, signal),
  },
  async check(connection, signal) {
    if (connection.credentials.url === undefined)
      return { status: "healthy", reason: "It only takes calls in, so there is nothing to ask." };
    const id = `ping-${connection.now().getTime()}`;
    return checkHealth("Check the address and the secret on both sides.", async (): Promise<HealthResult> => {
      await post(connection, { type: "ping", id }, id, signal);
      return { status: "healthy", reason: "It answered a signed ping." };
    });
  },
};

function render({ title, text, fields, sections, links, buttons, severity, tone }: Message): Record<string, unknown> {
  const left = (list: readonly unknown[]) => Math.max(0, list.length - limits.items);
  return {
    title: cutText(title, limits.title),
    text: cutText(text, limits.text),
    severity,
    tone,
    fields: fields
      .slice(0, limits.items)
      .map(({ name, value }) => ({ name: cutText(name, limits.title), value: cutText(value, limits.field) })),
    sections: sections.slice(0, limits.items).map(({ title: name, text: words, isCode = false }) => ({
      title: cutText(name, limits.title),
      text: cutText(words, limits.field),
      is_code: isCode,
    })),
    links: links.slice(0, limits.items).map(({ label, url }) => ({ label: cutText(label, limits.title), url })),
    buttons: buttons.map(({ verb, label, url }) => ({ verb, label: cutText(label, limits.title), url })),
    left_out: left(fields) + left(sections) + left(links),
  };
}

async function post(connection: Webhook, body: object, key: string, signal: AbortSignal): Promise<Sent> {
  const { secret, url = "" } = connection.credentials;
  const text = JSON.stringify(body);
  const answer = await callVendor(connection.http, {
    vendor: connection.config.title,
    method: "POST",
    url,
    headers: { "idempotency-key": key, [SIGNATURE_HEADER]: signBody(secret, text, connection.now()) },
    body,
    secrets: [secret, ...(url === "" ? [] : secretsOfUrl(url))],
    signal,
  });
  // Where the other side names what it made, updates name it too; otherwise they name the message by its key.
  return { externalRef: textAt(answer.json, "id") ?? key, response: { status: answer.status } };
}
