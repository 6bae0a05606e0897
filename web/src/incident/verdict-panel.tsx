import type { IncidentDetail } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import { judgementOfVerdict } from "../lib/judgement-of-verdict.ts";
import { judgementsOf } from "../lib/judgements.ts";
import { asSentence } from "../lib/mark-commits.ts";
import { isSaidIn } from "../lib/same-words.ts";
import { StandingChip, VerdictChip } from "../ui/chips.tsx";
import { Confidence } from "../ui/confidence.tsx";
import { cx } from "../ui/cx.ts";
import { MarkedText } from "../ui/marked-text.tsx";
import { isLeftAlone, isRunning, isWorking } from "./is-working.ts";
import { useFeedback } from "./use-feedback.ts";
import { VerdictFacts } from "./verdict-facts.tsx";

const restsOnMax = 3;
const missingMax = 4;

/** The answer: one sentence, how sure it is, whose change it was, what to do, and what it rests on. */
export function VerdictPanel({ incident }: { readonly incident: IncidentDetail }) {
  const { verdict, verdict_summary: summary, culprit_commit: culprit, hypotheses, report } = incident;
  const { events } = useFeedback(incident.id);
  const sentence = summary ?? report?.summary ?? null;
  if (verdict === null || sentence === null) return <NoVerdict incident={incident} />;
  const winner = hypotheses.toSorted((a, b) => a.rank - b.rank)[0];
  const isBlamed = verdict !== "inconclusive";
  const judgement =
    winner && report
      ? (judgementOfVerdict(events, { leadingId: winner.id, reportedAt: report.created_at }) ??
        judgementsOf(events, incident).get(winner.id))
      : null;
  const isDisputed = judgement?.verdict === "rejected";
  // What the verdict's sentence gives as its reason needs no second line.
  const reasons = (winner?.for ?? []).filter(({ text }) => !isSaidIn(text, sentence)).slice(0, restsOnMax);
  return (
    <section
      aria-labelledby="verdict"
      className={cx(
        "mt-5 border-l-4 pl-4 sm:pl-6",
        isDisputed ? "border-bad" : isBlamed ? "border-mark-line" : "border-line",
      )}
    >
      <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-[0.8125rem] text-ink-2">
        <span role="status" className="min-w-0">
          {judgement ? (
            <StandingChip verdict={verdict} isAgreed={!isDisputed} actor={judgement.actor} />
          ) : (
            <VerdictChip verdict={verdict} />
          )}
        </span>
        {winner && isBlamed && <Confidence value={report?.confidence ?? winner.confidence} isLarge />}
        {isBlamed && report?.is_silent && <span>too unsure to wake anybody</span>}
      </div>
      <h2
        id="verdict"
        className={cx(
          "max-w-[62ch] font-semibold tracking-[-0.015em] text-pretty [overflow-wrap:anywhere]",
          sentence.length > 260 ? "text-lg leading-7" : "text-xl leading-8 sm:text-[1.625rem] sm:leading-[2.25rem]",
        )}
      >
        <MarkedText text={sentence} sha={isBlamed ? culprit : null} />
      </h2>
      <VerdictFacts incident={incident} isDisputed={isDisputed} />
      {winner && isBlamed && winner.for.length > 0 && (
        <div className="mt-4 text-ink-2">
          {reasons.length > 0 && <p className="eyebrow mb-1">Rests on</p>}
          <ul className="grid max-w-[80ch] gap-1">
            {reasons.map((argument) => (
              <li key={argument.text} className="grid grid-cols-[1rem_minmax(0,1fr)]">
                <span aria-hidden="true" className="text-ink-3">
                  +
                </span>
                <span>
                  <MarkedText text={asSentence(argument.text)} sha={culprit} mark="" />
                </span>
              </li>
            ))}
          </ul>
          <p className="mt-2 text-[0.8125rem]">
            <a href="#hypotheses" className="link">
              {winner.for.length} for, {winner.against.length} against, with evidence
            </a>
          </p>
        </div>
      )}
      {report && report.missing.length > 0 && !isBlamed && (
        <div className="mt-4 text-ink-2">
          <p className="eyebrow mb-1">What is missing</p>
          <ul className="grid max-w-[80ch] list-disc gap-1 pl-5">
            {report.missing.slice(0, missingMax).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </div>
      )}
      {!isBlamed && winner?.advice && (
        <p className="mt-3 max-w-[80ch] text-ink-2">
          <span className="font-medium text-ink">To be surer: </span>
          {winner.advice}
        </p>
      )}
    </section>
  );
}

function NoVerdict({ incident }: { readonly incident: IncidentDetail }) {
  const { execution } = incident;
  const isBusy = isWorking(incident);
  if (isLeftAlone(incident)) return <SwitchedOff workflowId={incident.response.workflow_id} />;
  const step = isRunning(incident) ? execution?.log.at(-1) : undefined;
  const words = isBusy
    ? "Looking for the cause…"
    : execution?.status === "failed" || execution?.status === "timeout"
      ? "The investigation did not finish."
      : incident.status === "suppressed"
        ? "This incident was suppressed, so nobody looked for its cause."
        : "There is no verdict.";
  return (
    <section aria-labelledby="verdict" className="mt-5 min-h-28 border-l-4 border-line pl-4 sm:pl-6" aria-live="polite">
      <h2
        id="verdict"
        className="text-xl leading-8 font-semibold tracking-tight sm:text-[1.625rem] sm:leading-[2.25rem]"
      >
        <span className={isBusy ? "animate-breathe" : ""}>{words}</span>
      </h2>
      <p className="mt-1 text-ink-2 [overflow-wrap:anywhere]">
        {isBusy ? step?.message : (execution?.error_message ?? incident.suppressed_reason ?? "")}
      </p>
    </section>
  );
}

function SwitchedOff({ workflowId }: { readonly workflowId: string | null }) {
  const name = "incident-response";
  return (
    <section aria-labelledby="verdict" className="mt-5 min-h-28 border-l-4 border-line pl-4 sm:pl-6" aria-live="polite">
      <h2
        id="verdict"
        className="max-w-[62ch] text-xl leading-8 font-semibold tracking-tight sm:text-[1.625rem] sm:leading-[2.25rem]"
      >
        {workflowId === null ? (
          name
        ) : (
          <Link to="/workflows/$id" params={{ id: workflowId }} className="link">
            {name}
          </Link>
        )}{" "}
        is switched off, so nobody looks for the cause
      </h2>
      <p className="mt-1 text-ink-2">
        Switch it on and press “Investigate again”, or look at the stack and the deployments below.
      </p>
    </section>
  );
}
