import { type Step, type WorkflowDefinition, workflowConfigSchema, workflowDefinitionSchema } from "@culprit/contract";
import { stringify } from "yaml";
import { isRecord } from "./sugar.ts";

/** A definition as a file: in the order in which people read it, without what is the default. */
export function toYaml(definition: WorkflowDefinition): string {
  const { name, description, status, config, inputs, triggers, steps, on_failure: onFailure, outputs } = definition;
  const file = {
    name,
    description,
    status: status === "active" ? undefined : status,
    triggers: triggers.length === 0 ? undefined : triggers.map((trigger) => withoutDefaults(trigger, triggerDefaults)),
    inputs: isEmpty(inputs) ? undefined : mapValues(inputs, (input) => withoutDefaults(input, inputDefaults)),
    config: withoutDefaults(config, workflowConfigSchema.parse({})),
    steps: steps.map(orderedStep),
    on_failure: onFailure.length === 0 ? undefined : onFailure.map(orderedStep),
    outputs: isEmpty(outputs) ? undefined : outputs,
  };
  return stringify(file, { lineWidth: 0, aliasDuplicateObjects: false, keepUndefined: false });
}

/** Whether two definitions mean the same, whatever the order of their keys. */
export function isSameDefinition(a: WorkflowDefinition, b: WorkflowDefinition): boolean {
  return canonicalText(workflowDefinitionSchema.parse(a)) === canonicalText(workflowDefinitionSchema.parse(b));
}

function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    isRecord(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}

const triggerDefaults = { timezone: "UTC", missed: "run_once", replay_window: 300 };
const inputDefaults = { type: "string", required: false };

function orderedStep(step: Step): Record<string, unknown> {
  const { id, name, if: condition, uses, with: input, continue_on_error, retry_policy, timeout, steps } = step;
  return {
    id,
    name,
    if: condition,
    uses,
    with: isEmpty(input ?? {}) ? undefined : input,
    continue_on_error,
    retry_policy,
    timeout,
    steps: steps?.map(orderedStep),
  };
}

function withoutDefaults(value: object, defaults: object): object | undefined {
  const known = new Map<string, unknown>(Object.entries(defaults));
  const kept = Object.entries(value).flatMap(([key, item]) => {
    const usual = known.get(key);
    if (isRecord(item) && isRecord(usual)) {
      const inner = withoutDefaults(item, usual);
      return inner === undefined ? [] : [[key, inner] as const];
    }
    return canonicalText(item) === canonicalText(usual) ? [] : [[key, item] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U | object> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value) ?? {}]));
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}
