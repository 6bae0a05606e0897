import { z } from "zod";
import type { Provider } from "../../domains/integration/index.ts";
import { callVendor, secretsOfUrl } from "../shared/call-vendor.ts";
import { notAskable } from "../shared/check-health.ts";
import { webhookUrlSchema } from "../shared/form.ts";
import { renderTeams } from "./render.ts";

const config = z.object({
  channel: z.string().trim().min(1).max(100).describe("What people call the channel or chat, for lists"),
});
const credentials = z.object({
  webhook_url: webhookUrlSchema.describe("The address that the workflow shows after it was saved"),
});
type Config = z.output<typeof config>;
type Credentials = z.output<typeof credentials>;

/**
 * Microsoft Teams, by a workflow with the trigger "When a Teams webhook request is received"; the older connectors are being
 * retired. The workflow answers 202 and gives no id, so a message goes out at most once and is never changed in place.
 * @see https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 */
export const teams: Provider<Config, Credentials> = {
  type: "teams",
  title: "Microsoft Teams",
  help: "Tells people in a channel or chat. In Teams open Workflows, take the template “Post to a channel when a webhook request is received” and copy the address it shows. Give the workflow a second owner: it stops when its only one leaves.",
  notSupported:
    "Changing a message in place, buttons that act inside Teams, a health check: a workflow's webhook answers 202 and nothing else.",
  config,
  credentials,
  outgoing: {
    repeat: "atMostOnce",
    // Teams throttles a webhook above four requests in a second.
    rate: { perSecond: 4, burst: 4 },
    recipient: ({ channel }) => `${channel} (Teams)`,
    render: (message) => renderTeams(message),
    send: async (rendered, { http, credentials: { webhook_url } }, _key, signal) => {
      const secrets = secretsOfUrl(webhook_url);
      const call = { vendor: "Teams", method: "POST", url: webhook_url, body: rendered, secrets, signal } as const;
      const { status, headers } = await callVendor(http, call);
      return { externalRef: null, response: { status, run: headers["x-ms-workflow-run-id"] ?? null } };
    },
  },
  check: async () => notAskable,
};
