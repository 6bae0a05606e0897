import type { Trigger, WorkflowDefinition } from "@culprit/contract";
import { useEffect, useRef } from "react";
import { ScrollBox } from "../ui/scroll-box.tsx";
import { Connector } from "./connector.tsx";
import { type GraphContext, graphContext } from "./graph-context.ts";
import { StepNode } from "./step-node.tsx";
import { matcherWords, triggerWords } from "./trigger-words.ts";

interface WorkflowGraphProps extends GraphContext {
  readonly definition: WorkflowDefinition;
}

/** The picture of a workflow: what starts it, then its steps from top to bottom, with the branches that it may take. */
export function WorkflowGraph({ definition, ...context }: WorkflowGraphProps) {
  const box = useRef<HTMLElement>(null);
  // On a narrow screen the middle is what is looked for.
  useEffect(() => {
    if (box.current) box.current.scrollLeft = (box.current.scrollWidth - box.current.clientWidth) / 2;
  }, []);
  return (
    <graphContext.Provider value={context}>
      <ScrollBox
        ref={box}
        label="Picture of the workflow"
        className="@container overflow-x-auto rounded-lg border border-line bg-sunk"
      >
        <div className="mx-auto flex w-max min-w-full flex-col items-center px-2 py-6 @lg:px-4">
          <Triggers triggers={definition.triggers} />
          {definition.steps.map((step) => (
            <div key={step.id} className="flex flex-col items-center">
              <Connector />
              <StepNode step={step} />
            </div>
          ))}
          <span aria-hidden="true" className="h-5 w-px bg-edge" />
          <span className="rounded-full border border-edge px-2.5 py-0.5 text-2xs text-ink-3">done</span>
          {definition.on_failure.length > 0 && (
            <div className="mt-6 flex flex-col items-center rounded-lg border border-dashed border-bad px-4 pt-2 pb-4">
              <p className="text-2xs font-semibold text-bad">If it fails or runs out of time</p>
              {definition.on_failure.map((step) => (
                <div key={step.id} className="flex flex-col items-center">
                  <Connector />
                  <StepNode step={step} />
                </div>
              ))}
            </div>
          )}
        </div>
      </ScrollBox>
    </graphContext.Provider>
  );
}

function Triggers({ triggers }: { readonly triggers: readonly Trigger[] }) {
  if (triggers.length === 0) {
    return (
      <p className="max-w-72 rounded-full border border-dashed border-edge px-3 py-1 text-center text-xs text-ink-2">
        Nothing starts it. Other workflows may call it.
      </p>
    );
  }
  return (
    <ul
      aria-label="What starts it"
      className="flex max-w-[min(32rem,calc(100cqw-1.5rem))] flex-wrap justify-center gap-2"
    >
      {triggers.map((trigger, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: triggers have no other identity in a definition
          key={index}
          className="max-w-60 rounded-2xl border border-ink bg-panel px-3 py-1.5 text-center text-xs"
        >
          <span className="block text-2xs text-ink-3">{trigger.type}</span>
          <span className="font-medium [overflow-wrap:anywhere]">{triggerWords(trigger)}</span>
          {matcherWords(trigger).map((line) => (
            <span key={line} className="block font-mono text-2xs [overflow-wrap:anywhere] text-ink-2">
              {line}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}
