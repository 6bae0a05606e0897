import type { TestStyle } from "../../analysis/fixers/regression/test-style.ts";
import type { ProofStep } from "./proof-steps.ts";

/** A test that fails on the deployed commit and says what the code should have done. */
export interface RegressionTest {
  readonly path: string;
  readonly source: string;
  readonly style: TestStyle;
  /** What it asserts and where the expectation comes from, in a sentence. */
  readonly explanation: string;
  readonly steps: readonly ProofStep[];
}

export interface NoRegressionTest {
  readonly reason: string;
  readonly steps: readonly ProofStep[];
}

/** The words that run one test file in the project's style. */
export function testCommand(style: TestStyle, path: string): string[] {
  return [...style.command, path];
}
