import type { Meaning } from "../../domains/integration/index.ts";
import { environmentOf } from "../shared/alert-labels.ts";
import { type Json, momentOf, recordAt, textAt } from "../shared/read-body.ts";
import { severityOf } from "../shared/severity-of.ts";

/**
 * What a webhook of an internal integration means. Alerts of rules (`event_alert`, `metric_alert`) open incidents, an issue
 * that was resolved in Sentry resolves the one that its alert opened; all else is an event for triggers.
 * @see https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
 */
export function mapSentryHook(resource: string, payload: Json): readonly Meaning[] {
  const action = textAt(payload, "action") ?? "unknown";
  const data = recordAt(payload, "data");
  switch (resource) {
    case "event_alert":
      return [eventAlert(data)];
    case "metric_alert":
      return [metricAlert(action, data)];
    case "issue":
      return issueNews(action, data);
    case "installation":
      return [{ kind: "ignored", reason: `The integration was ${action} in Sentry.` }];
    case "comment":
    case "error":
    case "seer":
      return [{ kind: "event", type: `sentry.${resource}.${action}`, subject: subjectOf(data), payload: data }];
    default:
      return [{ kind: "ignored", reason: `Sentry's resource ${resource} is not known here.` }];
  }
}

function eventAlert(data: Json): Meaning {
  const event = recordAt(data, "event");
  const issueId = textAt(event, "issue_id");
  const startsAt = momentOf(event.datetime) ?? momentOf(event.timestamp);
  if (issueId === null || startsAt === null) return { kind: "ignored", reason: "The alert names no issue or no time." };
  const labels = {
    ...tagsOf(event),
    ...pick({ rule: textAt(data, "triggered_rule"), level: textAt(event, "level"), release: textAt(event, "release") }),
  };
  const title = textAt(event, "title") ?? `Issue ${issueId}`;
  return {
    kind: "alert",
    alert: {
      status: "firing",
      fingerprint: `sentry:issue:${issueId}`,
      title,
      description: textAt(event, "message") ?? textAt(event, "culprit") ?? title,
      severity: severityOf(textAt(event, "level")),
      service: labels.server_name ?? null,
      environment: textAt(event, "environment") ?? environmentOf(labels),
      startsAt,
      endsAt: null,
      labels,
      url: textAt(event, "web_url"),
    },
  };
}

function metricAlert(action: string, data: Json): Meaning {
  const alert = recordAt(data, "metric_alert");
  const rule = recordAt(alert, "alert_rule");
  const ruleId = textAt(rule, "id") ?? textAt(alert, "id");
  const startsAt = momentOf(alert.date_started) ?? momentOf(alert.date_detected);
  if (ruleId === null || startsAt === null) return { kind: "ignored", reason: "The alert names no rule or no time." };
  const isResolved = action === "resolved";
  const title = textAt(rule, "name") ?? textAt(alert, "title") ?? textAt(data, "description_title") ?? `Rule ${ruleId}`;
  const projects = Array.isArray(alert.projects) ? alert.projects.filter((one) => typeof one === "string") : [];
  return {
    kind: "alert",
    alert: {
      status: isResolved ? "resolved" : "firing",
      fingerprint: `sentry:metric:${ruleId}`,
      title,
      description: textAt(data, "description_text") ?? title,
      severity: action === "critical" ? "critical" : "medium",
      service: projects.length === 1 ? (projects[0] ?? null) : null,
      environment: textAt(rule, "environment"),
      startsAt,
      endsAt: isResolved ? momentOf(alert.date_closed) : null,
      labels: pick({
        aggregate: textAt(rule, "aggregate"),
        query: textAt(rule, "query"),
        projects: projects.join(", ") || null,
      }),
      url: textAt(data, "web_url"),
    },
  };
}

function issueNews(action: string, data: Json): readonly Meaning[] {
  const issue = recordAt(data, "issue");
  const id = textAt(issue, "id");
  const news: Meaning = { kind: "event", type: `sentry.issue.${action}`, subject: subjectOf(data), payload: data };
  const lastSeen = momentOf(issue.lastSeen);
  if (action !== "resolved" || id === null || lastSeen === null) return [news];
  const title = textAt(issue, "title") ?? `Issue ${id}`;
  const resolved: Meaning = {
    kind: "alert",
    alert: {
      status: "resolved",
      fingerprint: `sentry:issue:${id}`,
      title,
      description: title,
      severity: severityOf(textAt(issue, "level")),
      service: null,
      environment: null,
      // Sentry rounds it to whole seconds in places; the event that the alert was about may lie some ms behind it.
      startsAt: new Date(lastSeen.getTime() + 1000),
      endsAt: null,
      labels: pick({ project: textAt(recordAt(issue, "project"), "slug"), short_id: textAt(issue, "shortId") }),
      url: textAt(issue, "web_url") ?? textAt(issue, "permalink"),
    },
  };
  return [news, resolved];
}

function subjectOf(data: Json): string | null {
  const id =
    textAt(recordAt(data, "issue"), "id") ?? textAt(recordAt(data, "error"), "issue_id") ?? textAt(data, "issue_id");
  return id === null ? null : `sentry:issue:${id}`;
}

/** Tags are pairs. */
function tagsOf({ tags }: Json): Readonly<Record<string, string>> {
  const pairs = Array.isArray(tags) ? tags : [];
  return Object.fromEntries(
    pairs.flatMap((pair: unknown) =>
      Array.isArray(pair) && typeof pair[0] === "string" && typeof pair[1] === "string" ? [[pair[0], pair[1]]] : [],
    ),
  );
}

function pick(values: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null));
}
