import type { ActionDescription, ControlKind } from "@culprit/contract";
import type { ActionTypes } from "./action-types.ts";
import { controlSteps } from "./control-steps.ts";
import { jsonSchemaOf } from "./json-schema.ts";

/** Every action and every step that steers others, as the page, the editor and the documents show them. By name. */
export function describeActions(actions: ActionTypes): ActionDescription[] {
  const own = [...actions.values()].map((action) => ({
    name: action.name,
    title: action.title,
    summary: action.summary,
    group: action.group,
    input: { ...jsonSchemaOf(action.input, "input") },
    output: { ...jsonSchemaOf(action.output, "output") },
    repeat: action.repeat,
    is_heavy: action.isHeavy,
    is_control: false,
    has_steps: false,
  }));
  const control = (Object.keys(controlSteps) as ControlKind[]).map((name): ActionDescription => {
    const { title, summary, input, output, hasSteps } = controlSteps[name];
    return {
      name,
      title,
      summary,
      group: "control",
      input: { ...jsonSchemaOf(input, "input") },
      output: { ...jsonSchemaOf(output, "output") },
      repeat: "none",
      is_heavy: false,
      is_control: true,
      has_steps: hasSteps,
    };
  });
  return [...own.sort((a, b) => (a.name < b.name ? -1 : 1)), ...control];
}
