import type { ActionDescription, Condition, Step } from "@culprit/contract";
import { useEffect, useRef, useState } from "react";
import { withEntry } from "../lib/form-values.ts";
import type { JsonSchema } from "../lib/json-schema.ts";
import { repeatMeanings } from "../lib/run-words.ts";
import { SchemaForm } from "../schema-form/schema-form.tsx";
import { Button } from "../ui/button.tsx";
import { fieldLook } from "../ui/field.ts";
import { Fold } from "../ui/fold.tsx";
import { CrossIcon } from "../ui/icons.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { conditionWords } from "./condition-words.ts";
import { StepIcon } from "./step-icon.tsx";
import { StepOptions } from "./step-options.tsx";

interface StepPanelProps {
  readonly step: Step;
  readonly actions: ReadonlyMap<string, ActionDescription>;
  /** What could not be done to the text, or null. */
  readonly problem: string | null;
  readonly onApply: (step: Step) => void;
  readonly onRemove: () => void;
  readonly onAddAfter: (uses: string) => void;
  readonly onClose: () => void;
}

/** The form of one step, made from its action's schema. Applying writes it into the text; nothing is saved yet. */
export function StepPanel({ step, actions, problem, onApply, onRemove, onAddAfter, onClose }: StepPanelProps) {
  const [draft, setDraft] = useState<Step>(step);
  const [next, setNext] = useState("");
  const action = actions.get(draft.uses);
  const set = (change: Partial<Step>) => setDraft((before) => compact({ ...before, ...change }));
  const panel = useRef<HTMLElement>(null);
  // Whoever opened it goes on in it; whoever edits the text beside it stays there.
  useEffect(() => {
    if (document.activeElement?.hasAttribute("data-step")) panel.current?.focus();
  }, []);
  return (
    <section
      ref={panel}
      tabIndex={-1}
      aria-labelledby="step-title"
      className="scroll-mt-4 min-w-0 rounded-lg border border-ink bg-panel"
    >
      <div className="flex items-start gap-2.5 border-b border-line px-4 py-3">
        <StepIcon uses={draft.uses} className="mt-1 text-ink-2" />
        <div className="min-w-0 flex-1">
          <h2 id="step-title" className="font-semibold [overflow-wrap:anywhere]">
            {draft.name ?? action?.title ?? draft.id}
          </h2>
          <p className="text-xs text-ink-3">
            <code className="font-mono">{draft.uses}</code>, called <code className="font-mono">steps.{draft.id}</code>{" "}
            in templates
          </p>
        </div>
        <Button look="quiet" className="w-8 px-0" aria-label="Close the step" onClick={onClose}>
          <CrossIcon />
        </Button>
      </div>
      <form
        className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4 px-4 py-4"
        onSubmit={(event) => {
          event.preventDefault();
          onApply(draft);
        }}
      >
        {action ? (
          <p className="text-[0.8125rem] text-ink-2">
            {action.summary}{" "}
            <span className="text-ink-3">{action.is_control ? "" : repeatMeanings[action.repeat]}</span>
          </p>
        ) : (
          <p className="text-[0.8125rem] text-bad">
            There is no action {draft.uses}. Look for the right name in the text.
          </p>
        )}
        <Labelled label="Name" note="optional">
          <input
            className={fieldLook}
            value={draft.name ?? ""}
            placeholder={action?.title ?? draft.id}
            onChange={(event) => set({ name: event.target.value === "" ? undefined : event.target.value })}
          />
        </Labelled>
        <Labelled
          label="Only if"
          note="an expression; optional"
          hint={isComparison(draft.if) && "Written as a comparison: edit it in the text."}
        >
          <input
            className={`${fieldLook} font-mono text-[0.8125rem]`}
            value={draft.if === undefined ? "" : conditionWords(draft.if)}
            disabled={isComparison(draft.if)}
            spellCheck={false}
            placeholder='event.severity == "critical"'
            onChange={(event) => set({ if: event.target.value === "" ? undefined : event.target.value })}
          />
        </Labelled>
        {action && (
          <SchemaForm
            key={draft.uses}
            schema={action.input as JsonSchema}
            value={draft.with ?? {}}
            allowsTemplates
            onChange={(value) => set({ with: Object.keys(value).length === 0 ? undefined : value })}
          />
        )}
        <Fold summary="When it fails">
          <StepOptions step={draft} onChange={set} />
        </Fold>
        {problem && (
          <p role="alert" className="text-[0.8125rem] text-bad">
            {problem}
          </p>
        )}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="solid">
            Put into the text
          </Button>
          <Button look="danger" onClick={onRemove}>
            Remove step
          </Button>
        </div>
        <div className="flex flex-wrap items-center gap-2 border-t border-line pt-3">
          <select
            aria-label="Step to add behind this one"
            className={`${fieldLook} flex-1`}
            value={next}
            onChange={(event) => setNext(event.target.value)}
          >
            <option value="">Add a step behind it…</option>
            {[...Map.groupBy(actions.values(), ({ group }) => group)].map(([group, members]) => (
              <optgroup key={group} label={group.replaceAll("_", " ")}>
                {members.map(({ name, title }) => (
                  <option key={name} value={name}>
                    {title}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
          <Button disabled={next === ""} onClick={() => onAddAfter(next)}>
            Add
          </Button>
        </div>
      </form>
    </section>
  );
}

function isComparison(condition: Condition | undefined): boolean {
  return typeof condition === "object" && "op" in condition;
}

/** What was set to nothing is left out, so that the text does not say it. */
function compact(step: Step): Step {
  let result: Readonly<Record<string, unknown>> = { ...step };
  for (const [name, value] of Object.entries(step))
    if (value === undefined) result = withEntry(result, name, undefined);
  return result as unknown as Step;
}
