import { conditionAsCel } from "./condition-as-cel.ts";
import type { FieldPath } from "./finding.ts";
import { rewriteFilters, rewriteTemplates } from "./rewrite-templates.ts";
import { identifierOf, isRecord, type Json, type Rewriting } from "./sugar.ts";

export interface StepStyle {
  /** Templates are written `{{ … }}`; null where only `${{ … }}` are. */
  readonly rename: ((expression: string) => string) | null;
}

/**
 * Steps in all the forms that there are, as steps: `action` and `inputs`, `when` and `condition`, `type: delay`, and
 * document 3's steps of type `condition`, which are the condition of all that follow them in their list.
 */
export function rewriteSteps(
  given: unknown,
  field: FieldPath,
  source: FieldPath,
  style: StepStyle,
  rewriting: Rewriting,
  ids: Set<string> = new Set(),
): unknown {
  if (!Array.isArray(given)) return given;
  const steps: unknown[] = [];
  const gates: unknown[] = [];
  for (const [index, step] of given.entries()) {
    const place = [...source, index];
    if (!isRecord(step)) {
      rewriting.from([...field, steps.length], place);
      steps.push(step);
    } else if (step.type === "condition") {
      const condition = readCondition(step.condition, [...place, "condition"], rewriting);
      if (condition !== undefined) gates.push(condition);
      if (step.steps !== undefined)
        rewriting.refuse(
          [...place, "steps"],
          "A condition holds for the steps after it; put them there, or give each an `if`.",
        );
    } else {
      const own = [...field, steps.length];
      rewriting.from(own, place);
      steps.push(rewriteStep(step, own, place, gates, style, rewriting, ids));
    }
  }
  return steps;
}

function rewriteStep(
  step: Json,
  field: FieldPath,
  source: FieldPath,
  gates: readonly unknown[],
  style: StepStyle,
  rewriting: Rewriting,
  ids: Set<string>,
): Json {
  const {
    id,
    name,
    type,
    action,
    uses,
    inputs,
    with: given,
    if: only,
    when,
    condition,
    seconds,
    steps,
    outputs,
    ...rest
  } = step;
  const moved = (to: string, from: string) => rewriting.from([...field, to], [...source, from]);
  if (outputs !== undefined)
    rewriting.refuse(
      [...source, "outputs"],
      "A step's outputs are those of its action: read them as steps.ID.outputs.NAME.",
    );

  let used = uses;
  if (used === undefined && action !== undefined) {
    used = action;
    moved("uses", "action");
  } else if (used === undefined && (type === "parallel" || type === "delay")) {
    used = type;
    moved("uses", "type");
  } else if (type !== undefined && type !== "action") {
    rewriting.refuse(
      [...source, "type"],
      `There is no step of type ${JSON.stringify(type)}; leave \`type\` out and name an action in \`uses\`.`,
    );
  }

  let input = given ?? inputs;
  if (given === undefined && inputs !== undefined) moved("with", "inputs");
  if (seconds !== undefined) {
    input = { ...(isRecord(input) ? input : {}), seconds };
    moved("with", "seconds");
  }
  if (style.rename !== null && input !== undefined) input = rewriteTemplates(input, style.rename);

  const conditions = [...gates];
  for (const [key, value] of [
    ["if", only],
    ["when", when],
    ["condition", condition],
  ] as const) {
    if (value === undefined) continue;
    if (key !== "if") moved("if", key);
    const read = readCondition(
      style.rename === null ? value : unwrapped(value, style.rename),
      [...source, key],
      rewriting,
    );
    if (read !== undefined) conditions.push(read);
  }

  const own = ownId(id, name, used, ids);
  return {
    id: own,
    ...(name === undefined ? {} : { name }),
    ...(used === undefined ? {} : { uses: used }),
    ...(input === undefined ? {} : { with: input }),
    ...(conditions.length === 0 ? {} : { if: joined(conditions, source, rewriting) }),
    ...rest,
    ...(steps === undefined
      ? {}
      : { steps: rewriteSteps(steps, [...field, "steps"], [...source, "steps"], style, rewriting, ids) }),
  };
}

/** The id that is written, or one made of the name or the action; a made one is never another's. */
function ownId(id: unknown, name: unknown, used: unknown, ids: Set<string>): unknown {
  if (id !== undefined) {
    if (typeof id === "string") ids.add(id);
    return id;
  }
  const base = identifierOf(typeof name === "string" ? name : typeof used === "string" ? used : "step");
  let own = base;
  for (let count = 2; ids.has(own); count += 1) own = `${base}_${count}`;
  ids.add(own);
  return own;
}

function readCondition(value: unknown, source: FieldPath, rewriting: Rewriting): unknown {
  if (typeof value === "boolean") return String(value);
  if (value === undefined || value === null) {
    rewriting.refuse(source, "A condition is missing.");
    return undefined;
  }
  const variable = typeof value === "string" ? /(?<![${])\{(\w+)\}(?!\})/.exec(value)?.[1] : undefined;
  if (variable !== undefined) {
    rewriting.refuse(
      source,
      `\`{${variable}}\` was pasted into code elsewhere. Name the value: steps.ID.outputs.${variable}, inputs.${variable} or event.${variable}.`,
    );
    return undefined;
  }
  return value;
}

/** A condition of older files: `"{{ a == true }}"` is a == true. */
function unwrapped(value: unknown, rename: (expression: string) => string): unknown {
  if (typeof value !== "string") return value;
  const inner = /^\s*\{\{([\s\S]*)\}\}\s*$/.exec(value)?.[1];
  return inner === undefined ? value : rewriteFilters(rename(inner.trim()));
}

function joined(conditions: readonly unknown[], source: FieldPath, rewriting: Rewriting): unknown {
  if (conditions.length === 1) return conditions[0];
  const expressions = conditions.map(conditionAsCel);
  if (expressions.every((one) => one !== null)) return expressions.map((one) => `(${one})`).join(" && ");
  rewriting.refuse(
    source,
    "Several conditions hold here, and one of them names a value without saying whose ($name). Write them as one expression: steps.ID.outputs.NAME > 1 && …",
  );
  return undefined;
}
