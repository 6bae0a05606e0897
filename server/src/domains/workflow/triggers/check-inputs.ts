import type { WorkflowDefinition } from "@culprit/contract";

export type CheckedInputs =
  | { readonly ok: true; readonly inputs: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problems: readonly { readonly field: string; readonly message: string }[] };

/**
 * Holds what a workflow is started with against the inputs that it declares, and fills in defaults. Nothing is converted: a
 * number as text is not a number. Pure.
 */
export function checkInputs(
  { inputs: declared }: Pick<WorkflowDefinition, "inputs">,
  given: Readonly<Record<string, unknown>>,
): CheckedInputs {
  const problems: { field: string; message: string }[] = [];
  const inputs: Record<string, unknown> = {};
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(declared, name)) continue;
    const known = Object.keys(declared);
    const remedy = known.length === 0 ? "it has none" : `it has ${known.join(", ")}`;
    problems.push({
      field: `inputs.${name}`,
      message: `The workflow has no input named ${JSON.stringify(name)}; ${remedy}.`,
    });
  }
  for (const [name, input] of Object.entries(declared)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    const field = `inputs.${name}`;
    if (value === undefined || value === null) {
      if (input.default !== undefined) inputs[name] = input.default;
      else if (input.required) problems.push({ field, message: `The input ${name} is missing; it has no default.` });
    } else if (kindOf(value) !== input.type) {
      problems.push({
        field,
        message: `The input ${name} must be of type ${input.type}, it is of type ${kindOf(value)}.`,
      });
    } else if (input.options !== undefined && !input.options.some((option) => option === value)) {
      const options = input.options.slice(0, 20).map((option) => JSON.stringify(option));
      problems.push({ field, message: `The input ${name} must be one of ${options.join(", ")}.` });
    } else inputs[name] = value;
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, inputs };
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value;
}
