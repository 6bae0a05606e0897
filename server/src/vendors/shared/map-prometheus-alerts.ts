import { hash } from "node:crypto";
import type { Alert } from "@culprit/contract";
import type { Meaning } from "../../domains/integration/index.ts";
import { environmentOf, serviceOf } from "./alert-labels.ts";
import { type Json, momentOf, recordsAt, textAt, textsOf } from "./read-body.ts";
import { severityOf } from "./severity-of.ts";

/** What an alert's annotations are kept as, among its labels. */
const annotationPrefix = "annotation.";

/**
 * The alerts of one notification of Alertmanager (webhook version 4) or Grafana, which sends the same and more; each is a
 * meaning of its own. Those that only say that alerting works (severity `none`) are ignored, and so is what the sender
 * left out, each with its reason.
 * @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export function mapPrometheusAlerts(payload: Json, urlOf: (alert: Json) => string | null): readonly Meaning[] {
  const meanings = recordsAt(payload, "alerts").map((alert): Meaning => {
    const labels = textsOf(alert.labels);
    if (labels.severity === "none")
      return {
        kind: "ignored",
        reason: `${labels.alertname ?? "The alert"} has the severity none: it only says that alerting works.`,
      };
    const startsAt = momentOf(alert.startsAt);
    if (startsAt === null)
      return { kind: "ignored", reason: `${labels.alertname ?? "The alert"} does not say when it began.` };
    return { kind: "alert", alert: alertOf(alert, labels, startsAt, urlOf(alert)) };
  });
  const leftOut = Number(payload.truncatedAlerts ?? 0);
  const note = {
    kind: "ignored",
    reason: `The sender left out ${leftOut} more alerts: raise its limit max_alerts.`,
  } as const;
  if (meanings.length === 0) return [{ kind: "ignored", reason: "The notification holds no alert." }];
  return leftOut > 0 ? [...meanings, note] : meanings;
}

function alertOf(alert: Json, labels: Readonly<Record<string, string>>, startsAt: Date, url: string | null): Alert {
  const annotations = textsOf(alert.annotations);
  const isResolved = textAt(alert, "status") === "resolved";
  const summary = annotations.summary ?? annotations.title ?? labels.alertname ?? "An alert without a name";
  const valueString = textAt(alert, "valueString");
  const named = Object.entries(annotations).map(([name, value]) => [`${annotationPrefix}${name}`, value]);
  return {
    status: isResolved ? "resolved" : "firing",
    fingerprint: textAt(alert, "fingerprint") ?? fingerprintOf(labels),
    title: summary,
    description: annotations.description ?? annotations.message ?? valueString ?? summary,
    severity: severityOf(labels.severity ?? labels.priority),
    service: serviceOf(labels),
    environment: environmentOf(labels),
    startsAt,
    endsAt: isResolved ? momentOf(alert.endsAt) : null,
    labels: { ...labels, ...Object.fromEntries(named) },
    url,
  };
}

/** For senders before Alertmanager 0.19, which name none: the same labels are the same alert. */
function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  return hash("sha256", JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))).slice(0, 16);
}
