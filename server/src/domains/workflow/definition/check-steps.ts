import type { Step } from "@culprit/contract";
import { type Known, type Shape, suggestion } from "../expressions/check-expression.ts";
import { type ActionTypes, usableNames } from "./action-types.ts";
import { checkInput } from "./check-input.ts";
import { checkCondition, checkTemplates } from "./check-names.ts";
import { controlStep } from "./control-steps.ts";
import { type FieldPath, type Finding, failure } from "./finding.ts";
import { jsonSchemaOf, shapeOf } from "./json-schema.ts";

const DEPTH_MAX = 10;
const VALUE_DEPTH_MAX = 10;

const open: Shape = { keys: new Map(), isOpen: true };

interface Walk {
  readonly actions: ActionTypes;
  readonly findings: Finding[];
  readonly ids: Set<string>;
}

/**
 * Checks steps in their order, each with the names it can read.
 * @returns what the steps gave, by id: what stands after them can read that.
 */
export function checkSteps(
  steps: readonly Step[],
  known: Known,
  path: FieldPath,
  walk: Walk,
  depth = 1,
): ReadonlyMap<string, Shape | undefined> {
  let given = known.get("steps")?.keys ?? new Map<string, Shape | undefined>();
  for (const [index, step] of steps.entries()) {
    const gives = checkStep(step, withSteps(known, given), [...path, index], walk, depth);
    given = new Map([...given, ...gives]);
  }
  return given;
}

/** @returns what later steps can read because of it, by id. */
function checkStep(
  step: Step,
  known: Known,
  path: FieldPath,
  walk: Walk,
  depth: number,
): ReadonlyMap<string, Shape | undefined> {
  const { findings, ids, actions } = walk;
  if (depth > DEPTH_MAX) {
    findings.push(failure(path, `Steps lie in steps more than ${DEPTH_MAX} deep.`));
    return new Map();
  }
  if (ids.has(step.id)) findings.push(failure([...path, "id"], `Another step is called \`${step.id}\` already.`));
  ids.add(step.id);
  if (step.if !== undefined) findings.push(...checkCondition(step.if, known, [...path, "if"]));

  const control = controlStep(step.uses);
  const action = actions.get(step.uses);
  const type = control ?? action;
  const secrets: Known = control === undefined ? new Map([...known, ["secrets", open]]) : known;
  const input = step.with ?? {};
  if (depthOf(input) > VALUE_DEPTH_MAX)
    findings.push(failure([...path, "with"], `It is nested deeper than ${VALUE_DEPTH_MAX} levels.`));
  findings.push(...checkTemplates(input, secrets, [...path, "with"]));
  if (type === undefined) {
    const nearest = suggestion(step.uses, usableNames(actions));
    findings.push(
      failure([...path, "uses"], `There is no action \`${step.uses}\`${nearest || "; docs/actions.md lists them"}`),
    );
  } else findings.push(...checkInput(type.input, input, [...path, "with"]));

  const hasSteps = control?.hasSteps ?? false;
  if (hasSteps && step.steps === undefined)
    findings.push(failure(path, `A step that uses \`${step.uses}\` needs \`steps\`.`));
  if (!hasSteps && step.steps !== undefined)
    findings.push({
      ...failure([...path, "steps"], `Only parallel and for_each have \`steps\`, \`${step.uses}\` has not.`),
      isAboutKey: true,
    });

  const own = new Map<string, Shape | undefined>();
  if (step.steps !== undefined) {
    const inside = [...path, "steps"];
    if (step.uses === "parallel") {
      // They run at once, so none reads another; what stands behind reads all.
      for (const [index, child] of step.steps.entries()) {
        for (const [id, shape] of checkStep(child, known, [...inside, index], walk, depth + 1)) own.set(id, shape);
      }
    } else {
      const item = typeof input.as === "string" ? input.as : "item";
      if (item === "index" || known.has(item))
        findings.push(failure([...path, "with", "as"], `\`${item}\` is the name of something else here.`));
      checkSteps(step.steps, new Map([...known, [item, undefined], ["index", undefined]]), inside, walk, depth + 1);
    }
  }
  const outputs = type === undefined ? undefined : shapeOf(jsonSchemaOf(type.output, "output"));
  own.set(step.id, {
    keys: new Map([
      ["status", undefined],
      ["outputs", step.uses === "parallel" ? open : outputs],
    ]),
    isOpen: false,
  });
  return own;
}

export function withSteps(known: Known, given: ReadonlyMap<string, Shape | undefined>): Known {
  return new Map([...known, ["steps", { keys: given, isOpen: false }]]);
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Object.values(value).reduce<number>((most, item) => Math.max(most, depthOf(item)), 0);
}
