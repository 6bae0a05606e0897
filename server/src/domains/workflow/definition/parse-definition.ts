import { type WorkflowDefinition, type WorkflowProblem, workflowDefinitionSchema } from "@culprit/contract";
import type { z } from "zod";
import { suggestion } from "../expressions/check-expression.ts";
import type { ActionTypes } from "./action-types.ts";
import { checkDefinition, type OtherWorkflows } from "./check-definition.ts";
import { type FieldPath, type Finding, failure, fieldName } from "./finding.ts";
import { readSource, type Source } from "./read-source.ts";
import { rewriteFile } from "./rewrite-file.ts";
import { definitionFromRows, isInRows } from "./rows.ts";
import { isRecord } from "./sugar.ts";

const PROBLEMS_MAX = 200;

export interface CheckedDefinition {
  /** The definition with its defaults; null where it could not be read. */
  readonly definition: WorkflowDefinition | null;
  /** In the order of their lines. Without an error among them, it may be saved. */
  readonly problems: readonly WorkflowProblem[];
}

/** What a definition is checked against. */
export interface CheckContext {
  readonly actions: ActionTypes;
  /** The project's other workflows; null where they aren't known. */
  readonly others: OtherWorkflows | null;
}

/** Reads and checks the text of a workflow, YAML or JSON. Never throws: what is wrong with it is a problem with its line. */
export function parseDefinition(text: string, context: CheckContext): CheckedDefinition {
  const source = readSource(text);
  if (source.findings.length > 0) {
    return { definition: null, problems: source.findings.map((finding) => toProblem(finding, finding.place ?? null)) };
  }
  return checkValue(source.value, context, source);
}

/** The same for a definition that isn't text: of the API, or the rows of document 3. Its problems have no lines. */
export function parseDefinitionValue(value: unknown, context: CheckContext): CheckedDefinition {
  return checkValue(value, context, null);
}

function checkValue(given: unknown, context: CheckContext, source: Source | null): CheckedDefinition {
  const file = isRecord(given) && isInRows(given) ? definitionFromRows(given) : given;
  if (!isRecord(file)) {
    const what = file === null || file === undefined ? "There is nothing in it" : "It is no map";
    const finding = failure([], `${what}. A workflow has a name, triggers and steps; docs/workflows.md shows one.`);
    return { definition: null, problems: [toProblem(finding, source === null ? null : { line: 1, column: 1 })] };
  }
  const { value, rewriting } = rewriteFile(file);
  const locate = (finding: Finding, isSourcePath: boolean): WorkflowProblem => {
    const path = isSourcePath ? finding.path : rewriting.sourceOf(finding.path);
    return toProblem({ ...finding, path }, source?.placeOf(path, finding.isAboutKey) ?? null);
  };
  const problems = rewriting.findings.map((finding) => locate(finding, true));
  const parsed = value === undefined ? null : workflowDefinitionSchema.safeParse(value);
  if (parsed?.success === false) {
    problems.push(
      ...parsed.error.issues.flatMap((issue) => ofIssue(issue, value)).map((finding) => locate(finding, false)),
    );
  }
  const definition = parsed?.success === true ? parsed.data : null;
  if (definition !== null) {
    const findings = checkDefinition(definition, context.actions, context.others);
    problems.push(...findings.map((finding) => locate(finding, false)));
  }
  problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  return { definition, problems: problems.slice(0, PROBLEMS_MAX) };
}

function toProblem(
  { path, message, severity }: Finding,
  place: { line: number; column: number } | null,
): WorkflowProblem {
  const sentence = /[.?!…]$/.test(message) ? message : `${message}.`;
  return {
    line: place?.line ?? null,
    column: place?.column ?? null,
    field: fieldName(path),
    message: sentence,
    severity,
  };
}

const stepKeys = ["id", "name", "uses", "with", "if", "continue_on_error", "retry_policy", "timeout", "steps"];
const topKeys = Object.keys(workflowDefinitionSchema.shape);

/** What zod says, in words that say what to do. */
function ofIssue(issue: z.core.$ZodIssue, value: unknown): readonly Finding[] {
  const path = issue.path as FieldPath;
  if (issue.code === "unrecognized_keys") {
    const known = path.length === 0 ? [...topKeys, "on"] : isStep(path) ? stepKeys : [];
    return issue.keys.map((key) => ({
      ...failure(
        [...path, key],
        `There is no field \`${key}\` here${known.length === 0 ? "" : suggestion(key, known)}`,
      ),
      isAboutKey: true,
    }));
  }
  const last = path.at(-1);
  if (issue.code === "invalid_union" && last === "if")
    return [failure(path, "A condition is an expression, as event.count > 5, or {op, left, right}")];
  if (issue.code === "invalid_union" && last === "type")
    return [failure(path, "A trigger's type is event, schedule, webhook or manual")];
  if (valueAt(value, path) === undefined && last !== undefined)
    return [failure(path, `\`${String(last)}\` is missing`)];
  return [failure(path, issue.message)];
}

/** Whether a path ends at a step: `steps[2]`, `on_failure[0]`, `steps[1].steps[0]`. */
function isStep(path: FieldPath): boolean {
  return typeof path.at(-1) === "number" && ["steps", "on_failure"].includes(String(path.at(-2)));
}

function valueAt(value: unknown, path: FieldPath): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}
