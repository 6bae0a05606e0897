import { createHmac } from "node:crypto";
import { z } from "zod";
import type { Connection, Incoming, Provider } from "../../domains/integration/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { callVendor } from "../shared/call-vendor.ts";
import { checkHealth } from "../shared/check-health.ts";
import { DEPLOYMENT_SUCCEEDED, tailOfLog } from "../shared/deployment-alert.ts";
import { autoResolveSchema, secretSchema } from "../shared/form.ts";
import { hashOfBody, isRecord, readJson, recordAt, textAt } from "../shared/read-body.ts";
import { checkSignature } from "../shared/signatures.ts";
import { mapVercel, readDeployment } from "./map-delivery.ts";

const config = z.object({
  auto_resolve: autoResolveSchema,
  team_id: z
    .string()
    .regex(/^team_\w{1,60}$/, "a team's id, which begins with team_")
    .optional()
    .describe("The team's id, where the token is to read the logs of a team's builds"),
});
const credentials = z.object({
  webhook_secret: secretSchema.describe("The secret that Vercel shows once when the webhook is made"),
  token: secretSchema.optional().describe("A token of Vercel, to read the end of a failed build's log"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;
type Vercel = Connection<Config, Credentials>;

const API = "https://api.vercel.com";
const header = "x-vercel-signature";

const incoming: Incoming<Config, Credentials> = {
  verify: ({ headers, body }, { credentials: { webhook_secret: secret } }) =>
    checkSignature(headers[header], createHmac("sha1", secret).update(body).digest("hex"), header),
  read(request) {
    const payload = readJson(request);
    const deployment = readDeployment(payload);
    if (textAt(payload, "type") === null && deployment.outcome === null)
      throw new CulpritError(
        "MALFORMED_BODY",
        'The body names neither a "type" such as deployment.error nor a "state". Send Vercel\'s webhook as it is: Settings, Webhooks, events Deployment Error and Deployment Succeeded.',
      );
    return {
      // Vercel's id of a delivery stays the same when it is tried again, and is signed with the body.
      deliveryId: textAt(payload, "id") ?? hashOfBody(request),
      eventType: (textAt(payload, "type") ?? `deployment.${deployment.outcome}`).slice(0, 100),
      subject: deployment.name === null ? null : `vercel:${deployment.name}`.slice(0, 500),
      payload,
    };
  },
  map: ({ payload }, _config, receivedAt) => mapVercel(payload, receivedAt),
  answer: ({ payload }) => (readDeployment(payload).outcome === "succeeded" ? DEPLOYMENT_SUCCEEDED : null),
  excerpt: async ({ payload }, connection, signal) => {
    const { id } = readDeployment(payload);
    if (id === null || connection.credentials.token === undefined) return null;
    const path = `/v3/deployments/${encodeURIComponent(id)}/events?builds=1&limit=200&direction=backward`;
    const { json } = await ask(connection, path, signal);
    const events = Array.isArray(json) ? json.filter(isRecord) : [];
    const lines = events
      .map((event) => ({
        at: Number(event.created ?? 0),
        text: textAt(event, "text") ?? textAt(recordAt(event, "payload"), "text"),
      }))
      .filter(({ text }) => text !== null)
      .sort((a, b) => a.at - b.at);
    return lines.length === 0 ? null : tailOfLog(lines.map(({ text }) => text).join("\n"));
  },
};

/**
 * Vercel: deployments that fail open incidents, in only. Its webhooks are signed with HMAC-SHA1 over the raw body, without a time, so a replay
 * is known by the delivery's id.
 * @see https://vercel.com/docs/webhooks/webhooks-api
 */
export const vercel: Provider<Config, Credentials> = {
  type: "vercel",
  title: "Vercel",
  help: "A deployment that fails opens an incident with the end of its build log; one that succeeds afterwards resolves it. In Vercel make a webhook (Settings, Webhooks) with this integration's address and the events Deployment Error and Deployment Succeeded, and enter the secret that it shows. With a token, the log of the build is read.",
  notSupported: "Messages: Vercel takes none. Rolling back: promote the deployment before in Vercel.",
  config,
  credentials,
  incoming,
  async check(connection, signal) {
    if (connection.credentials.token === undefined)
      return {
        status: "unknown",
        reason: "It takes news in; enter a token of Vercel to have it checked and logs read.",
      };
    return checkHealth("Enter a token of Vercel that is still good and may read the team.", async () => {
      const { json } = await ask(connection, "/v2/user", signal);
      const name = textAt(recordAt(json, "user"), "username");
      return name === null
        ? { status: "degraded", reason: "Something answered that is not Vercel." }
        : { status: "healthy", reason: `Vercel knows the token as ${name}'s.` };
    });
  },
};

function ask(
  { http, config: { team_id: team }, credentials: { token = "" } }: Vercel,
  path: string,
  signal: AbortSignal,
) {
  const url = new URL(path, API);
  if (team !== undefined) url.searchParams.set("teamId", team);
  const headers = { authorization: `Bearer ${token}` };
  return callVendor(http, { vendor: "Vercel", method: "GET", url: url.href, headers, secrets: [token], signal });
}
