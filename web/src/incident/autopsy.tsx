import type { Autopsies, AutopsyAnswer, IncidentDetail } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { readAutopsies } from "../api/autopsy-requests.ts";
import { saysTheSame } from "../lib/same-words.ts";
import { Confidence } from "../ui/confidence.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Fold } from "../ui/fold.tsx";
import { MarkedText } from "../ui/marked-text.tsx";
import { Section } from "../ui/section.tsx";
import { AutopsyContext } from "./autopsy-context.tsx";
import { AutopsyRuns } from "./autopsy-runs.tsx";
import { isWorking } from "./is-working.ts";

/** The root cause in words with what they rest on, what a person can do, the prompt for a coding tool, and what it all cost; loaded with an incident. */
export default function Autopsy({ incident }: { readonly incident: IncidentDetail }) {
  const { data, error } = useQuery({
    queryKey: ["autopsies", incident.id],
    queryFn: ({ signal }) => readAutopsies(incident.id, signal),
    refetchInterval: isWorking(incident) ? 2000 : 30_000,
  });
  const current = data?.answers[0];
  if (error) return <FailureNote error={error} title="The autopsy can't be read." />;
  if (!data || !current) return null;
  return (
    <Section
      id="autopsy"
      title="Autopsy"
      aside={
        <>
          {current.confidence_score !== null && <Confidence value={current.confidence_score} isLarge />}
          <span className="ml-auto">
            <CopyButton text={current.ai_fix_prompt} label="Copy the prompt for a coding tool" words="Copy prompt" />
          </span>
        </>
      }
    >
      {data.outdated_reason && (
        <p role="note" className="mb-2 max-w-[80ch] text-[0.8125rem] font-medium">
          {data.outdated_reason}
        </p>
      )}
      {current.confidence_score !== null && (
        <p className="mb-2 max-w-[80ch] text-[0.8125rem] text-ink-2">{current.confidence_reason}</p>
      )}
      <RootCause answer={current} evidence={data.evidence} incident={incident} />
      <h3 className="mt-4 mb-1.5 text-[0.8125rem] font-semibold">What to do</h3>
      <ol className="grid list-decimal gap-1 pl-5 text-[0.8125rem]">
        {current.manual_steps.map((step) => (
          <li key={step} className="[overflow-wrap:anywhere]">
            <MarkedText text={step.replace(/git (?:revert|show) [0-9a-f]{7,64}/, "`$&`")} sha={null} />
          </li>
        ))}
      </ol>
      <p className="mt-4 max-w-[80ch] text-xs text-ink-3 [overflow-wrap:anywhere]">{current.model_reason}</p>
      <div className="mt-2 grid gap-1.5">
        {current.struck_out.length > 0 && (
          <Fold summary={`Struck out of the model's answer: ${current.struck_out.length}`}>
            <ul className="grid list-disc gap-1 pl-5 text-[0.8125rem] text-ink-2">
              {[...new Set(current.struck_out)].map((line) => (
                <li key={line} className="[overflow-wrap:anywhere]">
                  {line}
                </li>
              ))}
            </ul>
          </Fold>
        )}
        <AutopsyContext context={current.context} />
        <AutopsyRuns autopsies={data} />
      </div>
    </Section>
  );
}

interface RootCauseProps {
  readonly answer: AutopsyAnswer;
  readonly evidence: Autopsies["evidence"];
  readonly incident: IncidentDetail;
}

/** Each sentence with the pieces of evidence that it rests on, which open where they stand. The verdict's sentence is not said again. */
function RootCause({
  answer,
  evidence,
  incident: { verdict_summary: verdict, culprit_commit: culprit },
}: RootCauseProps) {
  const claims = answer.claims.length > 0 ? answer.claims : [{ text: answer.root_cause, evidence_ids: [] }];
  return (
    <div className="grid max-w-[80ch] gap-2">
      {claims.map(({ text, evidence_ids }) => (
        <div key={text}>
          <p className="[overflow-wrap:anywhere]">
            {verdict !== null && saysTheSame(text, verdict) ? (
              <>
                The root cause is what{" "}
                <a href="#verdict" className="link">
                  the verdict
                </a>{" "}
                says. It rests on:
              </>
            ) : (
              <MarkedText text={text} sha={culprit} mark="" />
            )}
          </p>
          {evidence_ids.map((id) => {
            const shown = evidence.find((one) => one.id === id);
            return shown === undefined ? null : (
              <Fold key={id} summary={<span className="truncate">{shown.title}</span>}>
                <pre className="max-h-80 overflow-auto rounded-md border border-line bg-panel p-3 font-mono text-xs">
                  {shown.snapshot}
                </pre>
              </Fold>
            );
          })}
        </div>
      ))}
    </div>
  );
}
