import { z } from "zod";
import type { Incoming, Provider } from "../../domains/integration/index.ts";
import { callVendor } from "../shared/call-vendor.ts";
import { checkHealth } from "../shared/check-health.ts";
import { addressSchema, autoResolveSchema, secretSchema } from "../shared/form.ts";
import { mapPrometheusAlerts } from "../shared/map-prometheus-alerts.ts";
import { hashOfBody, readJson, recordAt, textAt } from "../shared/read-body.ts";
import { checkAuthorization, refused } from "../shared/signatures.ts";

const config = z.object({
  auto_resolve: autoResolveSchema,
  url: addressSchema.optional().describe("Alertmanager's own address, for the health check"),
  username: z.string().trim().min(1).max(255).optional().describe("With basic_auth: the user that Alertmanager sends"),
});
const credentials = z.object({
  token: secretSchema.describe(
    "The token or password that Alertmanager sends with each notification; any long random text",
  ),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;

const incoming: Incoming<Config, Credentials> = {
  verify({ headers }, { config: { username: user }, credentials: { token: secret } }) {
    if (secret === "") return refused("No token is entered.");
    return checkAuthorization(headers.authorization, { user, secret });
  },
  read(request) {
    const payload = readJson(request);
    // It has no id of its own. A repeat after `repeat_interval` and one after a lost answer are the same bytes: the same news.
    return {
      deliveryId: hashOfBody(request),
      eventType: `alerts.${textAt(payload, "status") ?? "unknown"}`,
      subject: textAt(payload, "groupKey"),
      payload,
    };
  },
  map: ({ payload }) => mapPrometheusAlerts(payload, (alert) => textAt(alert, "generatorURL")),
};

/**
 * Prometheus Alertmanager, in only. Silences are not made: a silence hides an alert from everybody, and only a person who
 * knows why may do that; suppressing the incident in Culprit stops what Culprit does.
 */
export const alertmanager: Provider<Config, Credentials> = {
  type: "alertmanager",
  title: "Prometheus Alertmanager",
  help: "Alerts open incidents, and those that stop resolve them. Add a receiver with a webhook_config that has this integration's address as its url and the token in http_config.authorization.credentials (or as the password of basic_auth), and send_resolved: true.",
  notSupported:
    "Silences: one hides an alert from everybody, and only a person who knows why may do that. Suppress the incident instead.",
  config,
  credentials,
  incoming,
  async check({ http, config: { url } }, signal) {
    if (url === undefined)
      return { status: "unknown", reason: "It takes alerts in; enter Alertmanager's own address to have it checked." };
    const ask = (path: string) =>
      callVendor(http, { vendor: "Alertmanager", method: "GET", url: `${url}${path}`, secrets: [], signal });
    return checkHealth("Look whether Alertmanager runs at that address.", async () => {
      await ask("/-/healthy");
      const { json } = await ask("/api/v2/status");
      const version = textAt(recordAt(json, "versionInfo"), "version");
      if (version === null) return { status: "degraded", reason: "Something answered that is not Alertmanager." };
      const cluster = textAt(recordAt(json, "cluster"), "status");
      return cluster === "settling"
        ? { status: "degraded", reason: `Alertmanager ${version} runs, and its cluster is still settling.` }
        : { status: "healthy", reason: `Alertmanager ${version} runs.` };
    });
  },
};
