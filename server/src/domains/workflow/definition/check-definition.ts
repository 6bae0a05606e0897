import type { Step, WorkflowDefinition } from "@culprit/contract";
import { type Known, type Shape, suggestion } from "../expressions/check-expression.ts";
import type { ActionTypes } from "./action-types.ts";
import { checkTemplates } from "./check-names.ts";
import { checkSteps, withSteps } from "./check-steps.ts";
import { checkTrigger } from "./check-triggers.ts";
import { type FieldPath, type Finding, failure, warning } from "./finding.ts";

/** The definitions that a project's workflows have now, by name: what `run_workflow` would run. */
export type OtherWorkflows = ReadonlyMap<string, WorkflowDefinition>;

/**
 * Everything that shows before it runs: actions that aren't there, inputs they refuse, expressions that can't be read or
 * name what can't be there, steps twice, workflows that call each other in a circle, schedules that never come.
 * `others` null: the project's workflows aren't known, so calls of them aren't followed.
 */
export function checkDefinition(
  definition: WorkflowDefinition,
  actions: ActionTypes,
  others: OtherWorkflows | null,
): readonly Finding[] {
  const findings: Finding[] = [];
  const walk = { actions, findings, ids: new Set<string>() };
  const inputs: Shape = {
    keys: new Map(Object.keys(definition.inputs).map((name) => [name, undefined])),
    isOpen: false,
  };
  const incident = shape("id", "title", "severity", "status", "environment", "service", "error_type", "url");
  const always: Known = new Map<string, Shape | undefined>([
    ["event", undefined],
    ["inputs", inputs],
    ["workflow", shape("id", "name", "version")],
    ["execution", shape("id", "trigger", "url")],
    ["project", shape("id", "name")],
    ["incident", { ...incident, isOpen: true }],
  ]);
  for (const [index, trigger] of definition.triggers.entries())
    findings.push(...checkTrigger(trigger, always, ["triggers", index]));
  findings.push(...checkInputs(definition));
  const given = checkSteps(definition.steps, withSteps(always, new Map()), ["steps"], walk);
  const after = withSteps(always, given);
  checkSteps(definition.on_failure, new Map([...after, ["failure", shape("step", "reason")]]), ["on_failure"], walk);
  findings.push(...checkTemplates(definition.outputs, after, ["outputs"]));
  if (others !== null) findings.push(...checkCalls(definition, others));
  if (definition.triggers.length === 0)
    findings.push(warning([], "It has no trigger: it runs only by hand and where another workflow runs it."));
  return findings;
}

function shape(...names: readonly string[]): Shape {
  return { keys: new Map(names.map((name) => [name, undefined])), isOpen: false };
}

function checkInputs(definition: WorkflowDefinition): readonly Finding[] {
  return Object.entries(definition.inputs).flatMap(([name, input]) => {
    if (input.default === undefined || input.default === null) return [];
    const path = ["inputs", name, "default"];
    const type = Array.isArray(input.default) ? "array" : typeof input.default;
    if (type !== input.type) return [failure(path, `The default is of type ${type}, the input of type ${input.type}.`)];
    if (input.options !== undefined && !input.options.includes(input.default as never))
      return [failure(path, "The default is none of the options.")];
    return [];
  });
}

/** Names of workflows that a definition runs, where they are written out, with the place. */
function callsOf(
  steps: readonly Step[],
  path: FieldPath,
): readonly { readonly name: string; readonly inputs: unknown; readonly path: FieldPath }[] {
  return steps.flatMap((step, index) => {
    const own = [...path, index];
    const inside = step.steps === undefined ? [] : callsOf(step.steps, [...own, "steps"]);
    const name = step.with?.workflow;
    if (step.uses !== "run_workflow" || typeof name !== "string" || name.includes("${{")) return inside;
    return [{ name, inputs: step.with?.inputs ?? {}, path: [...own, "with"] }, ...inside];
  });
}

function checkCalls(definition: WorkflowDefinition, others: OtherWorkflows): readonly Finding[] {
  const calls = (one: WorkflowDefinition) => [
    ...callsOf(one.steps, ["steps"]),
    ...callsOf(one.on_failure, ["on_failure"]),
  ];
  return calls(definition).flatMap(({ name, inputs, path: given }) => {
    const path = [...given, "workflow"];
    if (name === definition.name) return [failure(path, `The workflow would run itself: ${name} → ${name}.`)];
    const called = others.get(name);
    if (called === undefined) return [warning(path, `There is no workflow \`${name}\` in this project yet.`)];
    const circle = wayBack(name, definition.name, new Set());
    return circle === null
      ? checkGivenInputs(called, inputs, [...given, "inputs"])
      : [failure(path, `The workflows would run each other without end: ${[definition.name, ...circle].join(" → ")}.`)];
  });

  function wayBack(from: string, to: string, seen: Set<string>): readonly string[] | null {
    if (from === to) return [to];
    const next = others.get(from);
    if (next === undefined || seen.has(from)) return null;
    seen.add(from);
    for (const { name } of calls(next)) {
      const rest = wayBack(name, to, seen);
      if (rest !== null) return [from, ...rest];
    }
    return null;
  }
}

/** What a call gives that the called workflow doesn't take, and what it leaves out that must be there. */
function checkGivenInputs(called: WorkflowDefinition, given: unknown, path: FieldPath): readonly Finding[] {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return [];
  const names = Object.keys(called.inputs);
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  const missing = names.filter((name) => {
    const input = called.inputs[name];
    return input?.required === true && input.default === undefined && !Object.hasOwn(given, name);
  });
  return [
    ...unknown.map((name) => ({
      ...failure([...path, name], `The workflow ${called.name} has no input \`${name}\`${suggestion(name, names)}`),
      isAboutKey: true,
    })),
    ...missing.map((name) => failure(path, `The workflow ${called.name} needs the input \`${name}\``)),
  ];
}
