import { type Inspected, occurrenceEvidence } from "./context.ts";
import type { EvidenceDraft, Finding } from "./finding.ts";

/** The same failure before: in another incident, or in this one before it was resolved. */
export function recurrence({ world, candidates }: Inspected): Finding[] {
  const { incident, running } = world;
  const findings: Finding[] = [];
  const startedAt = running === null ? null : Date.parse(running.fromAt);
  const earlier = world.alike.filter((one) => startedAt !== null && Date.parse(one.firstSeenAt) < startedAt);
  if (earlier.length > 0) {
    const evidence: EvidenceDraft = {
      kind: "sql_query",
      source: "postgres",
      ref: `sql:incidents?id=${earlier.map((one) => one.id).join(",")}`,
      title: "The same failure in other incidents",
      snapshot: earlier.map((one) => `${one.title}: ${one.firstSeenAt} – ${one.lastSeenAt}`).join("\n"),
    };
    for (const commit of candidates) {
      findings.push({
        inspection: "recurrence",
        subject: { kind: "commit", sha: commit.sha },
        weight: -3,
        text: `the same error was seen at the same place ${earlier.length === 1 ? "in an incident" : `in ${earlier.length} incidents`} before this deployment`,
        evidence,
      });
    }
    findings.push({
      inspection: "recurrence",
      subject: { kind: "unknown" },
      weight: 0.5,
      text: "the same error was seen at the same place before",
      evidence,
    });
  }
  if (incident.isRegression) {
    findings.push({
      inspection: "recurrence",
      subject: { kind: "unknown" },
      weight: 0,
      text: "it was resolved once and came back; only this episode is looked at",
      evidence: occurrenceEvidence(world),
    });
  }
  return findings;
}
