import type { PullRequestOutcome } from "@culprit/contract";
import type { Proposal, ProposedRun } from "./load-proposal.ts";
import type { PullRequestDeps, StepIn } from "./pull-request-deps.ts";

/** What became of it, stored; and where it stands. */
export interface PullRequestResult {
  readonly outcome: PullRequestOutcome;
  readonly reason: string;
  readonly url: string | null;
  readonly number: number | null;
  readonly branch: string | null;
  readonly commit: string | null;
}

/** What a part of the work came to; `pullRequestId` is the row of what was opened or found. */
export interface Concluded extends Partial<Omit<PullRequestResult, "outcome" | "reason">> {
  readonly outcome: PullRequestOutcome;
  readonly reason: string;
  readonly pullRequestId?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A case of this work: the proposal with a proven run. */
export interface ProvenCase {
  readonly deps: PullRequestDeps;
  readonly step: StepIn;
  readonly proposal: Proposal;
  readonly run: ProposedRun;
  readonly askedBy: string | null;
}
