import type { ContextPart } from "../../../analysis/autopsy/context-part.ts";

/** A part of the context before it has a piece of evidence to cite. */
export interface FoundPart extends Omit<ContextPart, "evidenceId"> {
  /** What stands in `evidence_artifacts` already, or what it will stand there as. */
  readonly evidence:
    | { readonly id: string }
    | { readonly kind: "snapshot" | "git_diff" | "retrieval"; readonly source: string; readonly ref: string };
}

/** What was not read, and why. */
export interface NotRead {
  readonly kind: ContextPart["kind"];
  readonly title: string;
  readonly reason: string;
}
