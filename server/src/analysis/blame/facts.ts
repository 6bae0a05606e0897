import type { FileDiff } from "../diff/parse-diff.ts";
import type { SourceContext } from "./source-context.ts";

/** One place in the code where the failure showed, at the commit that ran. */
export interface FailingPlace {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  /** How much this place counts; the failing call 1, callers less. */
  readonly weight: number;
  readonly context: SourceContext;
}

/** Blame of one line: the newest commit that wrote it, formatting and moves looked through. */
export interface BlameFact {
  readonly path: string;
  readonly line: number;
  readonly sha: string;
  readonly originalPath: string;
  readonly committedAt: string;
}

/** A commit that touched one of the files, with its changes to them. */
export interface TouchingCommit {
  readonly sha: string;
  readonly committedAt: string;
  readonly files: readonly FileDiff[];
}

/** All that the ranking may know. `touching` is newest first and holds no commit that was not running. */
export interface BlameFacts {
  /** When the commit that ran was made; ages are counted back from it. */
  readonly ranAt: string;
  readonly places: readonly FailingPlace[];
  readonly blamed: readonly BlameFact[];
  readonly touching: readonly TouchingCommit[];
}
