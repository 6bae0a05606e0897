import { rewriteSteps, type StepStyle } from "./rewrite-steps.ts";
import { rewriteTemplates } from "./rewrite-templates.ts";
import { rewriteTriggers } from "./rewrite-triggers.ts";
import { isRecord, type Json, Rewriting } from "./sugar.ts";

/** What stands in files of other tools and has no meaning here. */
const meaningless: Readonly<Record<string, string>> = {
  version: "Culprit counts the versions of a workflow itself, so `version` is left out.",
  metadata: "`metadata` has no meaning here and is left out.",
};

const scopeNames = new Set(["event", "inputs", "steps", "workflow", "execution", "project", "incident", "secrets"]);

/**
 * A file in any of the formats that there are, as the definition it means: `on:` beside `triggers:`, and the four formats
 * of document 3's files. What has no equal is refused with what to write instead; nothing is dropped without a word.
 */
export function rewriteFile(file: Json): { readonly value: unknown; readonly rewriting: Rewriting } {
  const rewriting = new Rewriting();
  if (Array.isArray(file.workflows)) {
    rewriting.refuse(
      ["workflows"],
      "This configures a repository. Give each workflow its own file in .culprit/workflows/, with its name, triggers and steps.",
    );
    return { value: undefined, rewriting };
  }
  const { file: whole, isShort } = unfolded(file, rewriting);
  const style: StepStyle = { rename: isOlder(whole, isShort) ? renamer(isShort) : null };
  const { on: _on, triggers: _triggers, steps, on_failure: onFailure, outputs, conditions, ...rest } = whole;
  const { triggers, inputs } = rewriteTriggers(whole, rewriting);
  if (conditions !== undefined)
    rewriting.refuse(
      ["conditions"],
      "Conditions of the whole workflow stand in its trigger: `if: event.state == 'open'`, or in the `if` of a step.",
    );
  for (const [key, words] of Object.entries(meaningless)) if (key in rest) rewriting.leaveOut([key], words);
  const kept = Object.fromEntries(Object.entries(rest).filter(([key]) => !Object.hasOwn(meaningless, key)));
  return {
    rewriting,
    value: {
      ...kept,
      triggers,
      ...(inputs === undefined ? {} : { inputs }),
      steps: rewriteSteps(steps, ["steps"], ["steps"], style, rewriting),
      ...(onFailure === undefined
        ? {}
        : { on_failure: rewriteSteps(onFailure, ["on_failure"], ["on_failure"], style, rewriting, new Set()) }),
      ...(outputs === undefined ? {} : { outputs: rewriteOutputs(outputs, style, rewriting) }),
    },
  };
}

/** The short form, `id: {steps: […]}`, as a file with a name. */
function unfolded(file: Json, rewriting: Rewriting): { readonly file: Json; readonly isShort: boolean } {
  const [first, ...more] = Object.entries(file);
  if (first === undefined || more.length > 0 || !isRecord(first[1]) || !Array.isArray(first[1].steps))
    return { file, isShort: false };
  const [id, { main, inputs, ...body }] = first as [string, Json];
  rewriting.enter([id]);
  if (main !== undefined) rewriting.leaveOut(["main"], "`main` has no meaning here: steps run in their order.");
  if (inputs !== undefined && !Array.isArray(inputs)) return { file: { name: id, ...body, inputs }, isShort: true };
  return { file: { name: id, ...body }, isShort: true };
}

/** Whether a file writes its templates as `{{ … }}`. */
function isOlder(file: Json, isShort: boolean): boolean {
  if (isShort) return true;
  return Array.isArray(file.steps) && file.steps.some((step) => isRecord(step) && ("when" in step || "action" in step));
}

/** In the short form, names are parts of the event. */
function renamer(isShort: boolean): (expression: string) => string {
  if (!isShort) return (expression) => expression;
  return (expression) => {
    const root = /^[A-Za-z_]\w*/.exec(expression)?.[0];
    return root === undefined || scopeNames.has(root) || expression.startsWith(`${root}(`)
      ? expression
      : `event.${expression}`;
  };
}

/** GitHub describes an output: `{description, value}`. Only the value is kept. */
function rewriteOutputs(outputs: unknown, style: StepStyle, rewriting: Rewriting): unknown {
  if (!isRecord(outputs)) return outputs;
  const values = Object.entries(outputs).map(([name, output]) => {
    const isDescribed =
      isRecord(output) &&
      "value" in output &&
      Object.keys(output).every((key) => key === "value" || key === "description");
    if (!isDescribed) return [name, output];
    rewriting.from(["outputs", name], ["outputs", name, "value"]);
    if (output.description !== undefined)
      rewriting.leaveOut(["outputs", name, "description"], "Outputs have no description here; it is left out.");
    return [name, output.value];
  });
  const plain = Object.fromEntries(values);
  return style.rename === null ? plain : rewriteTemplates(plain, style.rename);
}
