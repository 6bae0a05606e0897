import { parse as parseYaml } from "yaml";
import {
  type CheckName,
  type CheckOutcome,
  checkResult,
  type GateResult,
  gateResult,
} from "../../analysis/quality/gate-result.ts";
import { checkOfRule, lintConfig } from "../../analysis/quality/lint-config.ts";
import { lineProblems, newSecrets, treeProblems } from "../../analysis/quality/read-source.ts";
import type { Lint, LintFinding } from "./lint-port.ts";
import type { ProjectCheck } from "./project-tools.ts";
import type { RepairDeps } from "./repair-deps.ts";
import { type ProjectTools, runProjectTools } from "./run-project-tools.ts";

export interface QualityRequest {
  readonly projectId: string;
  readonly path: string;
  readonly original: string;
  readonly modified: string;
  readonly runTests: boolean;
  readonly checkSyntax: boolean;
  readonly checkStyle: boolean;
  /** Rules of the linter that the project sets otherwise. */
  readonly rules: Readonly<Record<string, unknown>>;
  /** Where the project's own tools run; null for none. */
  readonly commit: string | null;
  readonly signal: AbortSignal;
}

export interface QualityVerdict extends GateResult {
  readonly checks: Readonly<Record<CheckName, CheckOutcome>>;
  /** What the project's own tools said. */
  readonly tools: readonly ProjectCheck[];
}

const script = /\.(?:[cm]?[jt]s|[jt]sx)$/i;
const markup = /\.[jt]sx$/i;

/**
 * Holds a changed file against eight checks: by oxlint, by parsers, and by the project's own compiler, linters and tests in the
 * sandbox. A check that fails to run is a warning; one that does not concern the file counts neither way.
 */
export async function checkQuality(
  deps: RepairDeps & { readonly lint: Lint },
  request: QualityRequest,
): Promise<QualityVerdict> {
  const [lint, tools] = await Promise.all([lintOf(deps.lint, request), toolsOf(deps, request)]);
  const checks = checksOf(request, { ...lint, tools, root: rootOf(deps, request) });
  return { ...gateResult(checks), checks, tools: tools.checks };
}

interface Found {
  readonly findings: readonly LintFinding[];
  readonly broke: string | null;
  readonly tools: ProjectTools;
  readonly root: ReturnType<RepairDeps["parseModule"]>;
}

function checksOf(request: QualityRequest, found: Found): Record<CheckName, CheckOutcome> {
  const { path, original, modified } = request;
  const isScript = script.test(path);
  const tree = found.root === null ? { complexity: [], security: [] } : treeProblems(found.root);
  const linted = (check: CheckName, isError: boolean): string[] =>
    found.findings
      .filter((finding) => checkOfRule(finding.rule).check === check && checkOfRule(finding.rule).isError === isError)
      .map(({ line, message }) => (line === null ? message : `Line ${line}: ${message}`));
  const broke = found.broke === null ? [] : [found.broke];
  const secrets = newSecrets(original, modified);
  const own = (tool: ProjectCheck["kind"]) => found.tools.checks.filter(({ kind }) => kind === tool);
  const notScript: CheckOutcome = { skipped: "It is no JavaScript or TypeScript." };
  return {
    syntax: request.checkSyntax
      ? syntaxOf(path, modified, linted("syntax", true), own("types"))
      : { skipped: "It was not asked for." },
    style: request.checkStyle
      ? checkResult("style", {
          warnings: [
            ...broke,
            ...linted("style", false),
            ...lineProblems(original, modified),
            ...own("lint").flatMap(({ warnings }) => warnings),
          ],
          errors: own("lint").flatMap(({ errors }) => errors),
        })
      : { skipped: "It was not asked for." },
    complexity: isScript
      ? checkResult("complexity", { warnings: [...linted("complexity", false), ...tree.complexity] })
      : notScript,
    security: checkResult("security", {
      warnings: [...linted("security", false), ...tree.security],
      errors: [...linted("security", true), ...secrets],
      recommendations:
        secrets.length > 0 ? ["Take secrets from the environment, and renew those that were written down."] : [],
    }),
    performance: isScript ? checkResult("performance", { warnings: linted("performance", false) }) : notScript,
    tests: request.runTests ? testsOf(found.tools) : { skipped: "It was not asked for." },
    dependencies: isScript ? checkResult("dependencies", { warnings: linted("dependencies", false) }) : notScript,
    accessibility: markup.test(path)
      ? checkResult("accessibility", { warnings: linted("accessibility", false) })
      : { skipped: "It holds no JSX." },
  };
}

function syntaxOf(
  path: string,
  text: string,
  lintErrors: readonly string[],
  types: readonly ProjectCheck[],
): CheckOutcome {
  const typeErrors = types.flatMap(({ errors }) => errors);
  const warnings = types.flatMap((one) => one.warnings);
  if (script.test(path)) return checkResult("syntax", { errors: [...lintErrors, ...typeErrors], warnings });
  const problem = /\.json$/i.test(path)
    ? problemOf(() => JSON.parse(text))
    : /\.ya?ml$/i.test(path)
      ? problemOf(() => parseYaml(text, { maxAliasCount: 100 }))
      : undefined;
  if (problem === undefined) return { skipped: "No parser for such files is at hand." };
  return checkResult("syntax", { errors: problem === null ? [] : [problem] });
}

function problemOf(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    return error instanceof Error ? (error.message.split("\n")[0] ?? "It does not parse.") : "It does not parse.";
  }
}

function testsOf(tools: ProjectTools): CheckOutcome {
  const runs = tools.checks.filter(({ kind }) => kind === "tests");
  if (runs.length === 0) return { skipped: tools.reason ?? "The project names no tests." };
  return checkResult("tests", {
    errors: runs.flatMap(({ errors }) => errors),
    warnings: runs.flatMap(({ warnings }) => warnings),
  });
}

async function lintOf(lint: Lint, request: QualityRequest): Promise<Pick<Found, "findings" | "broke">> {
  if (!script.test(request.path)) return { findings: [], broke: null };
  const config = { ...lintConfig, rules: { ...(lintConfig.rules as object), ...request.rules } };
  try {
    return { findings: await lint([{ path: request.path, text: request.modified }], config), broke: null };
  } catch (error) {
    return { findings: [], broke: `The linter did not run: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function toolsOf(deps: RepairDeps, request: QualityRequest): Promise<ProjectTools> {
  try {
    return await runProjectTools(deps, request);
  } catch (error) {
    return {
      checks: [],
      reason: `The project's tools did not run: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function rootOf(deps: RepairDeps, { path, modified }: QualityRequest) {
  return script.test(path) ? deps.parseModule(path, modified) : null;
}
