/** One thing that a linter says about a file. */
export interface LintFinding {
  readonly path: string;
  /** `eslint(no-eval)`; null for a file that does not parse. */
  readonly rule: string | null;
  readonly message: string;
  readonly line: number | null;
}

/**
 * Lints texts with a configuration of ours. Nothing of them is run, and none of their own configuration is read. Files that the linter
 * does not know give no findings.
 * @throws Error when the linter itself fails or runs over its time.
 */
export type Lint = (
  files: readonly { readonly path: string; readonly text: string }[],
  config: Readonly<Record<string, unknown>>,
) => Promise<readonly LintFinding[]>;
