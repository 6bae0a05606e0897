import type { Evidence, Hypothesis } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import { useEffect, useId, useRef, useState } from "react";
import type { Judgement } from "../lib/judgements.ts";
import { asSentence } from "../lib/mark-commits.ts";
import { hypothesisWords } from "../lib/words.ts";
import { Tag } from "../ui/chips.tsx";
import { Confidence } from "../ui/confidence.tsx";
import { cx } from "../ui/cx.ts";
import { Chevron } from "../ui/icons.tsx";
import { MarkedText } from "../ui/marked-text.tsx";
import { EvidenceView } from "./evidence-view.tsx";
import { JudgeButtons } from "./judge-buttons.tsx";

type EvidenceById = ReadonlyMap<string, Evidence>;

interface HypothesisViewProps {
  readonly hypothesis: Hypothesis;
  readonly evidence: EvidenceById;
  readonly culprit: string | null;
  readonly isOpen: boolean;
  readonly incidentId: string;
  readonly project: string;
  readonly firstAt: string;
  /** What was last said of it. */
  readonly judgement: Judgement | undefined;
}

/** One possible cause with what speaks for and against it. */
export function HypothesisView(props: HypothesisViewProps) {
  const { hypothesis, evidence, culprit, isOpen, incidentId, project, firstAt, judgement } = props;
  const { rank, type, title, confidence, advice, falsification, component } = hypothesis;
  return (
    <details open={isOpen} className="group">
      <summary className="grid grid-cols-[0.875rem_minmax(0,1fr)] items-start gap-x-3 gap-y-1 px-4 py-3 -outline-offset-2 hover:bg-sunk sm:grid-cols-[0.875rem_minmax(0,1fr)_auto]">
        <Chevron className="mt-1 text-ink-3" />
        <span className="min-w-0 leading-6 [overflow-wrap:anywhere]">
          <span className="mr-2 text-ink-3">
            <span className="sr-only">Rank </span>
            {rank}
          </span>
          <span className={rank === 1 ? "font-semibold" : "font-medium"}>
            <MarkedText text={title} sha={culprit} />
          </span>
        </span>
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-[0.8125rem] max-sm:col-start-2">
          <span className="text-xs whitespace-nowrap text-ink-3">
            {hypothesis.for.length} for, {hypothesis.against.length} against
          </span>
          {judgement && <Tag>{judgement.verdict === "confirmed" ? "Confirmed" : "Ruled out"}</Tag>}
          <Tag>{hypothesisWords[type]}</Tag>
          <Confidence value={confidence} />
        </span>
      </summary>
      <div className="grid gap-4 px-4 pb-4 sm:pl-10">
        <Arguments title="For" sign="+" items={hypothesis.for} {...{ evidence, culprit, project, firstAt }} />
        <Arguments title="Against" sign="−" items={hypothesis.against} {...{ evidence, culprit, project, firstAt }} />
        {falsification && (
          <p className="border-l-2 border-line pl-3 text-[0.8125rem] text-ink-2">
            <span className="font-medium text-ink">How to tell: </span>
            <MarkedText text={falsification} sha={null} />
          </p>
        )}
        {advice && (
          <p className="border-l-2 border-line pl-3 text-[0.8125rem] text-ink-2">
            <span className="font-medium text-ink">{component === null ? "To be surer: " : "What to do: "}</span>
            <MarkedText text={advice} sha={null} />
          </p>
        )}
        {component !== null && (
          <p className="text-[0.8125rem] text-ink-2">
            Component:{" "}
            <Link
              to="/services"
              search={{ project, service: component }}
              className="link [overflow-wrap:anywhere] text-ink"
            >
              {component}
            </Link>
          </p>
        )}
        {type !== "unknown" && <JudgeButtons incidentId={incidentId} hypothesis={hypothesis} judgement={judgement} />}
      </div>
    </details>
  );
}

interface ArgumentsProps {
  readonly title: string;
  readonly sign: string;
  readonly items: Hypothesis["for"];
  readonly evidence: EvidenceById;
  readonly culprit: string | null;
  readonly project: string;
  readonly firstAt: string;
}

function Arguments({ title, sign, items, evidence, culprit, project, firstAt }: ArgumentsProps) {
  return (
    <div className="min-w-0">
      <h3 className="eyebrow mb-1 font-medium">{title}</h3>
      {items.length === 0 ? (
        <p className="text-[0.8125rem] text-ink-3">Nothing was found.</p>
      ) : (
        <ul className="grid gap-1.5">
          {items.map((item) => (
            <li key={`${item.evidence_id} ${item.text}`} className="grid grid-cols-[1rem_minmax(0,1fr)]">
              <span
                aria-hidden="true"
                className={cx("font-mono leading-[1.45]", sign === "+" ? "text-good" : "text-bad")}
              >
                {sign}
              </span>
              <ArgumentView
                text={item.text}
                evidence={evidence.get(item.evidence_id)}
                {...{ culprit, project, firstAt }}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface ArgumentViewProps {
  readonly text: string;
  readonly evidence: Evidence | undefined;
  readonly culprit: string | null;
  readonly project: string;
  readonly firstAt: string;
}

function ArgumentView({ text, evidence, culprit, project, firstAt }: ArgumentViewProps) {
  // A pull request links to a single piece of evidence.
  const isAimedAt = evidence !== undefined && window.location.hash === `#${evidence.id}`;
  const [isOpen, setOpen] = useState(isAimedAt);
  const regionId = useId();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isAimedAt) place.current?.scrollIntoView({ block: "center" });
  }, [isAimedAt]);
  return (
    <div ref={place} className="min-w-0">
      <p className="[overflow-wrap:anywhere]">
        <MarkedText text={asSentence(text)} sha={culprit} mark="" />{" "}
        {evidence ? (
          <button
            type="button"
            aria-expanded={isOpen}
            aria-controls={regionId}
            title={`${evidence.title}, ${evidence.source}: ${evidence.ref}`}
            className="inline-flex items-center gap-0.5 rounded border align-bottom border-line px-1.5 text-xs leading-5 text-ink-2 hover:border-edge hover:text-ink"
            onClick={() => setOpen(!isOpen)}
          >
            <span className="max-w-[min(34ch,60vw)] truncate">{evidence.title}</span>
            <Chevron className="size-3" />
          </button>
        ) : (
          <span className="text-xs text-ink-3">(its evidence is no longer kept)</span>
        )}
      </p>
      {evidence && isOpen && (
        <div id={regionId} className="mt-2 mb-3">
          <EvidenceView {...{ evidence, project, firstAt }} />
        </div>
      )}
    </div>
  );
}
