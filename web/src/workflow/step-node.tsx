import type { Step } from "@culprit/contract";
import { useContext } from "react";
import { stepWords } from "../lib/run-words.ts";
import { cx } from "../ui/cx.ts";
import { StateMark } from "../ui/state-mark.tsx";
import { conditionWords } from "./condition-words.ts";
import { Connector } from "./connector.tsx";
import { describeControl } from "./describe-control.ts";
import { graphContext } from "./graph-context.ts";
import { StepIcon } from "./step-icon.tsx";

/** One step of the picture with what lies in it. A condition stands above it, with the way past it. */
export function StepNode({ step }: { readonly step: Step }) {
  if (step.if === undefined) return <Body step={step} />;
  return (
    <div className="relative flex flex-col items-center px-4 @lg:px-9">
      <p className="relative z-[1] flex max-w-60 items-center @lg:max-w-72 gap-1.5 rounded-md border border-edge bg-panel px-2 py-1 text-2xs">
        <svg aria-hidden="true" viewBox="0 0 10 10" className="size-2.5 shrink-0 text-ink-2">
          <path d="M5 .500 9.500 5 5 9.500.500 5Z" fill="none" stroke="currentColor" />
        </svg>
        <span className="text-ink-3">only if</span>
        <code className="line-clamp-3 font-mono [overflow-wrap:anywhere]" title={conditionWords(step.if)}>
          {conditionWords(step.if)}
        </code>
      </p>
      <Connector />
      <Body step={step} />
      <span
        aria-hidden="true"
        className="absolute top-3.5 right-1 -bottom-2 left-1/2 rounded-r-lg border-y border-r border-dashed border-edge"
      />
      <span className="sr-only">Otherwise it is skipped.</span>
    </div>
  );
}

function Body({ step }: { readonly step: Step }) {
  const inner = step.steps ?? [];
  if (inner.length === 0) return <Node step={step} />;
  if (step.uses === "parallel") {
    return (
      <div className="flex flex-col items-center">
        <Node step={step} />
        <span aria-hidden="true" className="h-3 w-px bg-edge" />
        <div className="flex items-stretch">
          {inner.map((child, index) => (
            <div key={child.id} className="relative flex flex-col items-center px-2">
              <Bar index={index} count={inner.length} side="top-0" />
              <Connector />
              <StepNode step={child} />
              <span aria-hidden="true" className="min-h-3 w-px flex-1 bg-edge" />
              <Bar index={index} count={inner.length} side="bottom-0" />
            </div>
          ))}
        </div>
      </div>
    );
  }
  return (
    <div className="flex flex-col items-center">
      <Node step={step} />
      <Connector />
      <div className="flex flex-col items-center rounded-lg border border-dashed border-edge px-4 pt-3 pb-3">
        {inner.map((child, index) => (
          <div key={child.id} className="flex flex-col items-center">
            {index > 0 && <Connector />}
            <StepNode step={child} />
          </div>
        ))}
        <span className="mt-2 text-2xs text-ink-3">↺ until all are done</span>
      </div>
    </div>
  );
}

/** The line across the branches: from the middle of the first to the middle of the last. */
function Bar({ index, count, side }: { readonly index: number; readonly count: number; readonly side: string }) {
  if (count === 1) return null;
  const ends = index === 0 ? "left-1/2 right-0" : index === count - 1 ? "left-0 right-1/2" : "inset-x-0";
  return <span aria-hidden="true" className={cx("absolute h-px bg-edge", side, ends)} />;
}

function Node({ step }: { readonly step: Step }) {
  const { selectedId, onSelect, actions, stateOf } = useContext(graphContext);
  const action = actions.get(step.uses);
  const state = stateOf?.(step.id);
  const isPerson = step.uses === "approval";
  return (
    <button
      type="button"
      aria-pressed={selectedId === step.id}
      data-step={step.id}
      onClick={() => onSelect(step.id)}
      className={cx(
        "relative z-[1] flex w-60 items-start gap-2.5 rounded-lg border bg-panel px-3 py-2 text-left hover:border-ink",
        selectedId === step.id ? "border-ink ring-2 ring-mark" : "border-edge",
        isPerson && "border-l-4 border-l-mark-line",
      )}
    >
      <StepIcon uses={step.uses} className="mt-0.5 text-ink-2" />
      <span className="min-w-0 flex-1">
        <span className="block text-[0.8125rem] leading-5 font-semibold [overflow-wrap:anywhere]">
          {step.name ?? action?.title ?? step.id}
        </span>
        <span className="line-clamp-2 text-xs text-ink-2 [overflow-wrap:anywhere]">
          {describeControl(step) ?? step.uses}
        </span>
        {(step.continue_on_error === true || step.retry_policy !== undefined) && (
          <span className="block text-2xs text-ink-3">
            {[
              step.continue_on_error === true ? "goes on after an error" : null,
              step.retry_policy?.max_attempts === undefined ? null : `${step.retry_policy.max_attempts} tries`,
            ]
              .filter(Boolean)
              .join(", ")}
          </span>
        )}
      </span>
      {state !== undefined && (
        <StateMark state={state} className="mt-1" title={state in stepWords ? stepWords[state as never] : state} />
      )}
    </button>
  );
}
