import { asCode, asPlainText } from "./plain-text.ts";
import type { Touch } from "./touched-incidents.ts";

const shownMax = 10;
const reasonsMax = 4;

/** What a diff touches, as Markdown for a comment: each incident by its link, with reasons and evidence. */
export function incidentReviewText(touches: readonly Touch[], publicUrl: string): string {
  if (touches.length === 0) return "### Past incidents\n\nThis change touches nothing that broke before.";
  const lines = touches.slice(0, shownMax).flatMap(({ incident, weight, reasons }) => {
    const confirmed = incident.culprit?.isConfirmed ? ", cause confirmed" : "";
    const evidence = incident.evidenceIds.slice(0, 5).map((id) => asCode(id));
    return [
      `- [${asPlainText(incident.title, 120)}](${publicUrl}/incidents/${incident.id}) — ${incident.severity}, ${incident.status}${confirmed}, ${incident.occurredAt.toISOString().slice(0, 10)} (weight ${weight.toFixed(2)})`,
      ...reasons.slice(0, reasonsMax).map((reason) => `  - ${asPlainText(reason, 300)}`),
      ...(evidence.length === 0 ? [] : [`  - evidence: ${evidence.join(", ")}`]),
    ];
  });
  const more = touches.length - shownMax;
  return [
    "### Past incidents",
    "",
    `This change touches code of ${touches.length} past ${touches.length === 1 ? "incident" : "incidents"}:`,
    "",
    ...lines,
    ...(more > 0 ? [`- … and ${more} more, weaker ones`] : []),
  ].join("\n");
}
