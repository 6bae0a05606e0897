import { z } from "zod";
import type { Incoming, Provider } from "../../domains/integration/index.ts";
import { callVendor } from "../shared/call-vendor.ts";
import { checkHealth } from "../shared/check-health.ts";
import { addressSchema, autoResolveSchema, secretSchema } from "../shared/form.ts";
import { hashOfBody, readJson, recordAt, textAt } from "../shared/read-body.ts";
import { checkSignature, hmacHex } from "../shared/signatures.ts";
import { mapSentryHook } from "./map-hook.ts";

const config = z.object({
  auto_resolve: autoResolveSchema,
  url: addressSchema.default("https://sentry.io").describe("The address of Sentry"),
  organization: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/)
    .optional()
    .describe("The organisation's slug, for the health check"),
});
const credentials = z.object({
  client_secret: secretSchema.describe("The client secret of the internal integration"),
  auth_token: secretSchema.optional().describe("A token of it, for the health check"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;

const header = "sentry-hook-signature";

const incoming: Incoming<Config, Credentials> = {
  verify: ({ headers, body }, { credentials: { client_secret: secret } }) =>
    checkSignature(headers[header], hmacHex(secret, body), header),
  read(request) {
    const payload = readJson(request);
    const resource = request.headers["sentry-hook-resource"] ?? "unknown";
    return {
      // The headers with Sentry's own id and time are not signed; the body is.
      deliveryId: hashOfBody(request),
      eventType: `${resource}.${textAt(payload, "action") ?? "unknown"}`.slice(0, 100),
      subject:
        textAt(recordAt(payload, "data", "issue"), "id") ?? textAt(recordAt(payload, "data", "event"), "issue_id"),
      payload,
    };
  },
  map: ({ eventType, payload }) => mapSentryHook(eventType.split(".")[0] ?? "unknown", payload),
};

/**
 * Sentry beside Culprit: webhooks of an internal integration, in only. (Errors themselves come in by Sentry's SDKs, whose
 * DSN names Culprit; that needs no integration.) Nothing goes out, because Sentry takes no messages.
 * @see https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
 */
export const sentryApp: Provider<Config, Credentials> = {
  type: "sentry",
  title: "Sentry",
  help: "Alerts of Sentry open incidents. Make an internal integration (Settings, Custom Integrations) with this integration's address as its webhook, switch on Alert Rule Action, and copy its client secret. To send errors straight to Culprit, point an SDK's DSN at it instead.",
  notSupported:
    "Anything out: Sentry takes no messages. Resolving issues in Sentry would hide them from people who did not ask for it.",
  config,
  credentials,
  incoming,
  async check({ http, config: { url, organization }, credentials: { auth_token: token, client_secret } }, signal) {
    if (organization === undefined || token === undefined)
      return {
        status: "unknown",
        reason: "It takes alerts in; enter the organisation and a token to have it checked.",
      };
    return checkHealth("Enter a token of the internal integration that may read the organisation.", async () => {
      const { json } = await callVendor(http, {
        vendor: "Sentry",
        method: "GET",
        url: `${url}/api/0/organizations/${organization}/`,
        headers: { authorization: `Bearer ${token}` },
        secrets: [token, client_secret],
        signal,
      });
      const slug = textAt(json, "slug");
      if (slug === null) return { status: "degraded", reason: "Something answered that is not Sentry." };
      return { status: "healthy", reason: `The token may read the organisation ${slug}.` };
    });
  },
};
