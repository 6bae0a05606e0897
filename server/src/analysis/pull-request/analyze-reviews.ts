import { type Risk, riskOf } from "./risk-score.ts";
import { sentimentOf } from "./sentiment.ts";

export interface ReviewFacts {
  readonly prNumber: number;
  readonly reviews: readonly {
    readonly author: string | null;
    readonly state: string;
    readonly body: string;
    readonly submittedAt: Date | null;
  }[];
  readonly comments: readonly { readonly author: string | null; readonly body: string; readonly isOnCode: boolean }[];
  readonly pullRequest: {
    readonly state: "open" | "closed" | null;
    readonly isMerged: boolean;
    /** When review was first asked for; else when the pull request was made. */
    readonly reviewAskedAt: Date | null;
    readonly createdAt: Date | null;
  } | null;
  /** Null where the files are not known: then there is no risk score. */
  readonly files: readonly { readonly path: string; readonly additions: number; readonly deletions: number }[] | null;
}

export interface ReviewAnalysis {
  readonly reviewCount: number;
  readonly commentCount: number;
  readonly approvalCount: number;
  readonly requestedChangesCount: number;
  readonly reviewCommentCount: number;
  readonly reviewCommenters: readonly string[];
  readonly reviewDurationHours: number | null;
  readonly sentimentScore: number | null;
  readonly risk: Risk | null;
  readonly summary: string;
  readonly recommendations: readonly string[];
}

const decisive = new Set(["APPROVED", "CHANGES_REQUESTED"]);

/** Counts what reviewers of a pull request said and sums it up in the document's words. */
export function analyzeReviews(facts: ReviewFacts): ReviewAnalysis {
  const states = facts.reviews.map(({ state }) => state.toUpperCase());
  const approvals = states.filter((state) => state === "APPROVED").length;
  const changeRequests = states.filter((state) => state === "CHANGES_REQUESTED").length;
  const onCode = facts.comments.filter(({ isOnCode }) => isOnCode);
  const commenters = [...new Set(onCode.flatMap(({ author }) => author ?? []))];
  const bodies = [...facts.reviews, ...facts.comments].map(({ body }) => body);
  return {
    reviewCount: facts.reviews.length,
    commentCount: facts.comments.length,
    approvalCount: approvals,
    requestedChangesCount: changeRequests,
    reviewCommentCount: onCode.length,
    reviewCommenters: commenters,
    reviewDurationHours: durationHours(facts),
    sentimentScore: sentimentOf(bodies),
    risk: facts.files === null ? null : riskOf({ files: facts.files, changeRequests: standing(facts) }),
    summary: [
      `PR #${facts.prNumber} has received ${facts.reviews.length} reviews (${approvals} approvals, ${changeRequests} change requests).`,
      `There are ${onCode.length} review comments from ${commenters.length} different reviewers.`,
      ...endOf(facts.pullRequest),
    ].join(" "),
    recommendations: recommendationsOf(facts.reviews.length, approvals, changeRequests),
  };
}

function endOf(pullRequest: ReviewFacts["pullRequest"]): string[] {
  if (pullRequest?.isMerged) return ["This PR has been successfully merged."];
  return pullRequest?.state === "closed" ? ["This PR was closed without merging."] : [];
}

function recommendationsOf(reviews: number, approvals: number, changeRequests: number): string[] {
  if (reviews === 0) return ["This PR hasn't been reviewed yet. Consider requesting reviews from team members."];
  const found = [
    ...(approvals === 0 ? ["Consider addressing the remaining review comments to get an approval."] : []),
    ...(changeRequests > 0 ? [`There are ${changeRequests} change requests that need to be addressed.`] : []),
  ];
  return found.length === 0 ? ["No specific recommendations at this time."] : found;
}

/** From the first request for review, else the creation, to the last review that decided; null where either is not known. */
function durationHours({ reviews, pullRequest }: ReviewFacts): number | null {
  const from = pullRequest?.reviewAskedAt ?? pullRequest?.createdAt ?? null;
  const decided = reviews
    .filter(({ state }) => decisive.has(state.toUpperCase()))
    .flatMap(({ submittedAt }) => submittedAt?.getTime() ?? []);
  if (from === null || decided.length === 0) return null;
  return Math.round((Math.max(0, Math.max(...decided) - from.getTime()) / 3_600_000) * 100) / 100;
}

/** Reviewers whose newest decisive word asks for changes: one who approved later asks for none. */
function standing({ reviews }: ReviewFacts): number {
  const last = new Map<string, string>();
  for (const { author, state } of [...reviews].sort((a, b) => at(a.submittedAt) - at(b.submittedAt)))
    if (decisive.has(state.toUpperCase()) || state.toUpperCase() === "DISMISSED")
      last.set(author ?? "", state.toUpperCase());
  return [...last.values()].filter((state) => state === "CHANGES_REQUESTED").length;
}

function at(date: Date | null): number {
  return date?.getTime() ?? 0;
}
