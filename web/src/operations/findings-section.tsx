import type { Operations } from "@culprit/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { checkDatabase } from "../api/operations-requests.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { CheckIcon } from "../ui/icons.tsx";
import { Section } from "../ui/section.tsx";
import { SeverityMark } from "../ui/severity-mark.tsx";
import { Time } from "../ui/time.tsx";

/** What the last check of the database found, each with what to do. */
export function FindingsSection({ lastCheck }: { readonly lastCheck: Operations["last_check"] }) {
  const client = useQueryClient();
  const check = useMutation({
    mutationFn: checkDatabase,
    onSettled: () => client.invalidateQueries({ queryKey: ["operations"] }),
  });
  const findings = check.data?.findings ?? lastCheck?.findings ?? [];
  return (
    <Section
      id="findings"
      title="Check of the database"
      aside={
        <>
          {lastCheck && (
            <span>
              last <Time at={lastCheck.run.started_at} />
            </span>
          )}
          <Button className="ml-auto" disabled={check.isPending} onClick={() => check.mutate()}>
            {check.isPending ? "Checking…" : "Check now"}
          </Button>
        </>
      }
    >
      {check.error && <FailureNote error={check.error} />}
      {findings.length === 0 ? (
        <p className="flex items-center gap-1.5 text-ink-2">
          {lastCheck || check.data ? (
            <>
              <CheckIcon className="text-good" />
              It found nothing.
            </>
          ) : (
            "It was not checked yet. The schedule check-database does it by itself."
          )}
        </p>
      ) : (
        <ul aria-label="Findings" className="overflow-hidden rounded-lg border border-line bg-panel">
          {findings.map((finding) => (
            <li
              key={`${finding.kind} ${finding.subject}`}
              className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-3 border-t border-line px-4 py-2.5 first:border-0"
            >
              <span className="pt-[0.2rem]">
                <SeverityMark severity={finding.severity} />
              </span>
              <div className="min-w-0 [overflow-wrap:anywhere]">
                <p className="font-semibold">{finding.title}</p>
                <p className="text-[0.8125rem] text-ink-2">{finding.detail}</p>
                <p className="text-[0.8125rem]">{finding.remedy}</p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
