import type { SyntaxNode } from "./syntax.ts";

/** What a patch does to the failure: `fix` removes the cause, `mitigation` hides it, `revert` undoes the change. */
export type PatchKind = "fix" | "mitigation" | "revert";

/** One way to change one file. */
export interface FileProposal {
  readonly proposer: string;
  readonly kind: PatchKind;
  readonly path: string;
  /** The whole file after the change. */
  readonly text: string;
  /** One sentence for people. */
  readonly explanation: string;
  /** The file with a value in the guess's place that can't be right: a test that passes with it does not see the guess. */
  readonly probe?: string;
}

/** The file that failed, at the deployed commit. */
export interface FailingFile {
  readonly path: string;
  readonly source: string;
  readonly tree: SyntaxNode;
  /** From 1. */
  readonly line: number;
  /** From 1, or null where the sender did not say. */
  readonly column: number | null;
}
