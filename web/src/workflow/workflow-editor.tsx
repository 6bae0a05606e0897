import type { Step, WorkflowDefinition } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { readActions } from "../api/workflow-requests.ts";
import { insertStepAfter, removeStep, replaceStep } from "../lib/edit-step-text.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { allSteps, freeStepId } from "./find-step.ts";
import { StepPanel } from "./step-panel.tsx";
import type { WorkflowText } from "./use-workflow-text.ts";
import { WorkflowGraph } from "./workflow-graph.tsx";
import { YamlEditor } from "./yaml-editor.tsx";

const notFound = "This step is not written as an item of a list of its own in the text, so change it there by hand.";

/** The picture and the text of a workflow, side by side: each step opens its form, and what the form says goes into the text. */
export function WorkflowEditor({ edited }: { readonly edited: WorkflowText }) {
  const [selectedId, setSelected] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const actions = useQuery({ queryKey: ["actions"], queryFn: ({ signal }) => readActions(signal), staleTime: 300_000 });
  const byName = new Map((actions.data?.items ?? []).map((action) => [action.name, action]));
  const { definition } = edited;
  const step = definition && selectedId !== null ? findById(definition, selectedId) : undefined;
  const select = (id: string | null) => {
    setProblem(null);
    setSelected(id);
  };
  const put = (text: string | null, selectNext: string | null) => {
    if (text === null) return setProblem(notFound);
    edited.setText(text);
    select(selectNext);
  };
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <div className="min-w-0">
        {definition ? (
          <WorkflowGraph
            definition={definition}
            selectedId={selectedId}
            onSelect={(id) => select(id === selectedId ? null : id)}
            actions={byName}
          />
        ) : (
          <p className="rounded-lg border border-dashed border-edge px-4 py-16 text-center text-ink-2">
            The picture is drawn as soon as the text can be read.
          </p>
        )}
      </div>
      <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-4">
        {actions.error && <FailureNote error={actions.error} title="The catalogue of actions could not be read." />}
        {step && definition && (
          <StepPanel
            key={`${step.id} ${JSON.stringify(step).length}`}
            step={step}
            actions={byName}
            problem={problem}
            onApply={(next) => put(replaceStep(edited.text, step.id, next), step.id)}
            onRemove={() => put(removeStep(edited.text, step.id), null)}
            onAddAfter={(uses) => {
              const id = freeStepId(definition, uses);
              put(insertStepAfter(edited.text, step.id, { id, uses }), id);
            }}
            onClose={() => {
              select(null);
              document.querySelector<HTMLElement>(`[data-step="${CSS.escape(step.id)}"]`)?.focus();
            }}
          />
        )}
        {edited.error && <FailureNote error={edited.error} title="The text could not be checked." />}
        <YamlEditor
          text={edited.text}
          onText={edited.setText}
          problems={edited.check?.problems ?? []}
          isChecking={edited.isChecking}
        />
      </div>
    </div>
  );
}

function findById(definition: WorkflowDefinition, id: string): Step | undefined {
  return allSteps(definition).find((step) => step.id === id);
}
