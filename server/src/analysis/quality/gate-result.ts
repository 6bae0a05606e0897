/** The eight checks of the document, in its order. */
export const checkNames = [
  "syntax",
  "style",
  "complexity",
  "security",
  "performance",
  "tests",
  "dependencies",
  "accessibility",
] as const;
export type CheckName = (typeof checkNames)[number];

export interface CheckResult {
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
  /** 0 to 1. */
  readonly score: number;
  readonly recommendations: readonly string[];
}

/** A check that ran, or why it did not: such a one counts neither for nor against. */
export type CheckOutcome = CheckResult | { readonly skipped: string };

export interface GateResult {
  readonly passed: boolean;
  readonly qualityScore: number;
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
  readonly recommendations: readonly string[];
}

/** What a warning costs in each check, as documented; where the document names nothing, 0.1. An error costs 0.5. */
const costs: Readonly<Partial<Record<CheckName, number>>> = { complexity: 0.2, security: 0.3 };
const errorCost = 0.5;
const passingScore = 0.7;

/** A check's result by what it found: 1 less the cost of each finding, at least 0; a syntax error leaves nothing. */
export function checkResult(
  check: CheckName,
  found: {
    readonly warnings?: readonly string[];
    readonly errors?: readonly string[];
    readonly recommendations?: readonly string[];
  },
): CheckResult {
  const { warnings = [], errors = [], recommendations = [] } = found;
  const lost =
    check === "syntax" && errors.length > 0 ? 1 : warnings.length * (costs[check] ?? 0.1) + errors.length * errorCost;
  return { warnings, errors, recommendations, score: Math.round(Math.max(0, 1 - lost) * 1000) / 1000 };
}

/** The whole gate: passed is no error and a mean of at least 0.7; the mean of no check at all is 0.5. */
export function gateResult(checks: Readonly<Record<CheckName, CheckOutcome>>): GateResult {
  const ran = checkNames.flatMap((name) => {
    const outcome = checks[name];
    return "skipped" in outcome ? [] : [{ name, ...outcome }];
  });
  const mean = ran.length === 0 ? 0.5 : ran.reduce((sum, { score }) => sum + score, 0) / ran.length;
  const errors = ran.flatMap(({ name, errors: found }) => found.map((text) => `${name}: ${text}`));
  return {
    passed: errors.length === 0 && mean >= passingScore,
    qualityScore: Math.round(mean * 1000) / 1000,
    warnings: ran.flatMap(({ name, warnings }) => warnings.map((text) => `${name}: ${text}`)),
    errors,
    recommendations: [...new Set(ran.flatMap(({ recommendations }) => recommendations))],
  };
}
