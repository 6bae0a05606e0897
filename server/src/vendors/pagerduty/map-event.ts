import type { Meaning } from "../../domains/integration/index.ts";
import { type Json, momentOf, recordAt, recordsAt, textAt } from "../shared/read-body.ts";
import { severityOf } from "../shared/severity-of.ts";

/** Alerts that Culprit made itself are known by their key, so that none opens an incident about its own incident. */
export const ownKeyPrefix = "culprit-";

/**
 * What a webhook of version 3 means: every event is one for triggers; an incident that is triggered or resolved is an
 * alert too, unless Culprit itself made it.
 * @see https://developer.pagerduty.com/docs/webhooks-overview
 */
export function mapPagerdutyEvent(payload: Json, opensIncidents: boolean): readonly Meaning[] {
  const event = recordAt(payload, "event");
  const type = textAt(event, "event_type");
  if (type === null) return [{ kind: "ignored", reason: "It holds no event of PagerDuty's webhooks version 3." }];
  if (type === "pagey.ping") return [{ kind: "ignored", reason: "It is a test of the connection." }];
  const data = recordAt(event, "data");
  const id = textAt(data, "id") ?? textAt(recordAt(data, "incident"), "id");
  const news: Meaning = {
    kind: "event",
    type: `pagerduty.${type}`,
    subject: id === null ? null : `pagerduty:${id}`,
    payload: event,
  };
  const alert = opensIncidents ? alertOf(type, data, momentOf(event.occurred_at)) : null;
  return alert === null ? [news] : [news, alert];
}

function alertOf(type: string, data: Json, occurredAt: Date | null): Meaning | null {
  if (type !== "incident.triggered" && type !== "incident.reopened" && type !== "incident.resolved") return null;
  const id = textAt(data, "id");
  if (id === null || (textAt(data, "incident_key") ?? "").startsWith(ownKeyPrefix)) return null;
  const isResolved = type === "incident.resolved";
  const createdAt = momentOf(data.created_at);
  const startsAt = type === "incident.reopened" ? (occurredAt ?? createdAt) : (createdAt ?? occurredAt);
  if (startsAt === null) return null;
  const title = textAt(data, "title") ?? `Incident ${id}`;
  const urgency = textAt(data, "urgency");
  const priority = textAt(recordAt(data, "priority"), "summary");
  const names = {
    urgency,
    priority,
    number: textAt(data, "number"),
    escalation_policy: textAt(recordAt(data, "escalation_policy"), "summary"),
  };
  const teams = recordsAt(data, "teams").flatMap((team) => textAt(team, "summary") ?? []);
  const known = Object.entries(names).filter((entry): entry is [string, string] => entry[1] !== null);
  return {
    kind: "alert",
    alert: {
      status: isResolved ? "resolved" : "firing",
      fingerprint: `pagerduty:${id}`,
      title,
      description: title,
      severity: severityOf(priority ?? urgency),
      service: textAt(recordAt(data, "service"), "summary"),
      environment: null,
      // A resolve names the firing that it ends by nothing but the incident; it is about the newest.
      startsAt: isResolved ? (occurredAt ?? startsAt) : startsAt,
      endsAt: isResolved ? occurredAt : null,
      labels: { ...Object.fromEntries(known), ...(teams.length === 0 ? {} : { teams: teams.join(", ") }) },
      url: textAt(data, "html_url"),
    },
  };
}
