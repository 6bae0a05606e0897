import type { Meaning } from "../../domains/integration/index.ts";
import { environmentOf, serviceOf } from "../shared/alert-labels.ts";
import { type Json, momentOf, textAt } from "../shared/read-body.ts";
import { severityOf } from "../shared/severity-of.ts";

/**
 * The payload that our Datadog webhook is to be given; Datadog fills its variables in.
 * @see https://docs.datadoghq.com/integrations/webhooks/
 */
export const payloadTemplate = {
  event_id: "$ID",
  monitor_id: "$ALERT_ID",
  transition: "$ALERT_TRANSITION",
  type: "$ALERT_TYPE",
  priority: "$ALERT_PRIORITY",
  title: "$ALERT_TITLE",
  message: "$TEXT_ONLY_MSG",
  scope: "$ALERT_SCOPE",
  tags: "$TAGS",
  link: "$LINK",
  date: "$DATE",
} as const;

/** Of ALERT_TRANSITION: what ends an alert. */
const recovered = /recovered/i;

/** What a delivery of that payload means: one alert, or nothing with the reason. */
export function mapDatadogWebhook(payload: Json): readonly Meaning[] {
  const monitorId = textAt(payload, "monitor_id");
  if (monitorId === null || monitorId.startsWith("$"))
    return [
      { kind: "ignored", reason: "It names no monitor: give the webhook the payload from the integration's page." },
    ];
  const startsAt = momentOf(payload.date);
  if (startsAt === null)
    return [{ kind: "ignored", reason: "It does not say when it happened: the payload's date is missing." }];
  const labels = { ...labelsOf(payload), monitor_id: monitorId };
  const isResolved = recovered.test(textAt(payload, "transition") ?? "");
  const title = textAt(payload, "title") ?? `Monitor ${monitorId}`;
  const type = textAt(payload, "type");
  return [
    {
      kind: "alert",
      alert: {
        status: isResolved ? "resolved" : "firing",
        fingerprint: `datadog:${monitorId}:${textAt(payload, "scope") ?? ""}`,
        title,
        description: textAt(payload, "message") ?? title,
        severity: severityOf(textAt(payload, "priority"), severityOf(type === "success" ? null : type)),
        service: serviceOf(labels),
        environment: environmentOf(labels),
        startsAt,
        endsAt: isResolved ? startsAt : null,
        labels,
        url: textAt(payload, "link"),
      },
    },
  ];
}

/** Tags are `name:value` or a bare name, in one text. */
function labelsOf(payload: Json): Readonly<Record<string, string>> {
  const tags = (textAt(payload, "tags") ?? "").split(",").map((tag) => tag.trim());
  const named = tags
    .filter((tag) => tag !== "")
    .map((tag) => {
      const colon = tag.indexOf(":");
      return colon === -1 ? [tag, ""] : [tag.slice(0, colon), tag.slice(colon + 1)];
    });
  const rest = { transition: textAt(payload, "transition"), scope: textAt(payload, "scope") };
  return Object.fromEntries([...named, ...Object.entries(rest).filter(([, value]) => value !== null)]);
}
