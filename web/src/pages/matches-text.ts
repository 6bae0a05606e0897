import type { IncidentSummary } from "@culprit/contract";

/** True where every word of `text` occurs in what the row shows. */
export function matchesText(incident: IncidentSummary, text: string): boolean {
  const row = [
    incident.title,
    incident.service,
    incident.environment,
    incident.verdict_summary,
    incident.culprit_commit,
    incident.id,
  ]
    .join(" ")
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => row.includes(word));
}
