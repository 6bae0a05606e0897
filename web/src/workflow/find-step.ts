import type { Step, WorkflowDefinition } from "@culprit/contract";

/** Every step of a workflow, those inside others too, in the order in which they stand. */
export function allSteps(definition: WorkflowDefinition): readonly Step[] {
  const within = (steps: readonly Step[]): readonly Step[] =>
    steps.flatMap((step) => [step, ...within(step.steps ?? [])]);
  return within([...definition.steps, ...definition.on_failure]);
}

/** An id for a new step that no other has. */
export function freeStepId(definition: WorkflowDefinition, wanted: string): string {
  const taken = new Set(allSteps(definition).map(({ id }) => id));
  const base = wanted.replaceAll(/[^A-Za-z0-9_]/g, "_");
  for (let count = 1; ; count++) {
    const id = count === 1 ? base : `${base}_${count}`;
    if (!taken.has(id)) return id;
  }
}
