import type { IncidentDetail } from "@culprit/contract";
import { citeInMarkdown } from "../lib/cite-in-markdown.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { EmptyPart } from "../ui/empty-part.tsx";
import { Fold } from "../ui/fold.tsx";
import { Section } from "../ui/section.tsx";
import { Time } from "../ui/time.tsx";
import { isWorking } from "./is-working.ts";
import { SafeHtml } from "./safe-html.tsx";

/** The written report, and the same as Markdown for a ticket or a chat. */
export function Report({ incident }: { readonly incident: IncidentDetail }) {
  const { report } = incident;
  if (!report) {
    return (
      <Section id="report" title="Report">
        <EmptyPart>
          {isWorking(incident)
            ? "No report yet. It is written when the investigation ends."
            : "No report was written. Investigate again, at the top, writes one."}
        </EmptyPart>
      </Section>
    );
  }
  return (
    <Section
      id="report"
      title="Report"
      aside={
        <>
          <span>
            Revision {report.revision}, <Time at={report.created_at} />
          </span>
          <span className="ml-auto">
            <CopyButton
              text={citeInMarkdown(report.markdown, incident.evidence)}
              label="Copy the report as Markdown"
              words="Copy as Markdown"
            />
          </span>
        </>
      }
    >
      {report.changed && (
        <p className="mb-3 border-l-2 border-mark-line pl-3 text-ink-2">
          <span className="font-medium text-ink">Changed since the last revision: </span>
          {report.changed}
        </p>
      )}
      <Fold summary="What happened, the cause, what was weighed and what to do next, in full">
        <div
          id="report-text"
          className="prose scroll-mt-16 rounded-lg border border-line bg-panel px-4 py-4 [overflow-wrap:anywhere] sm:px-6 sm:py-5 lg:max-w-none"
        >
          <SafeHtml html={report.html} evidence={incident.evidence} />
        </div>
      </Fold>
    </Section>
  );
}
