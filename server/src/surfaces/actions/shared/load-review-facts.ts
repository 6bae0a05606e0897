import type { z } from "zod";
import type { ReviewFacts } from "../../../analysis/pull-request/analyze-reviews.ts";
import type { ActionContext } from "../../../domains/workflow/index.ts";
import type { ActionServices } from "../action-services.ts";
import { forgeOf, numberOf } from "./fields.ts";
import type { vendorCommentSchema, vendorPullRequestSchema, vendorReviewSchema } from "./review-input.ts";

interface Given {
  readonly pr_number?: number | undefined;
  readonly repository?: string | undefined;
  readonly reviews_data?: readonly z.infer<typeof vendorReviewSchema>[] | undefined;
  readonly comments_data?: readonly z.infer<typeof vendorCommentSchema>[] | undefined;
  readonly pr_data?: z.infer<typeof vendorPullRequestSchema> | undefined;
}

/** What is known of a pull request's reviews: what was given, and for the rest what the forge says. */
export async function loadReviewFacts(
  given: Given,
  ctx: ActionContext,
  services: ActionServices,
): Promise<ReviewFacts> {
  const prNumber = numberOf({ pull_request_number: given.pr_number }, ctx);
  const { reviews_data: reviews, comments_data: comments, pr_data: pullRequest } = given;
  if (reviews !== undefined && comments !== undefined) return ofVendor(prNumber, reviews, comments, pullRequest);
  const forge = await forgeOf(given, ctx, services);
  const [seen, said, pull, files] = await Promise.all([
    forge.reviews(prNumber),
    forge.comments(prNumber),
    forge.pullRequest(prNumber),
    forge.changedFiles(prNumber),
  ]);
  return {
    prNumber,
    reviews: seen,
    comments: said.map(({ author, body, path }) => ({ author, body, isOnCode: path !== null })),
    pullRequest: { state: pull.state, isMerged: pull.isMerged, reviewAskedAt: null, createdAt: pull.createdAt },
    files,
  };
}

function ofVendor(
  prNumber: number,
  reviews: NonNullable<Given["reviews_data"]>,
  comments: NonNullable<Given["comments_data"]>,
  pullRequest: Given["pr_data"],
): ReviewFacts {
  return {
    prNumber,
    reviews: reviews.map((review) => ({
      author: review.user?.login ?? null,
      state: review.state ?? "",
      body: review.body ?? "",
      submittedAt: dateOf(review.submitted_at),
    })),
    comments: comments.map((comment) => ({
      author: comment.user?.login ?? null,
      body: comment.body ?? "",
      isOnCode: typeof comment.path === "string" || typeof comment.pull_request_review_id === "number",
    })),
    pullRequest:
      pullRequest === undefined
        ? null
        : {
            state: pullRequest.state === "closed" ? "closed" : pullRequest.state === "open" ? "open" : null,
            isMerged: pullRequest.merged === true || typeof pullRequest.merged_at === "string",
            reviewAskedAt: dateOf(pullRequest.review_requested_at),
            createdAt: dateOf(pullRequest.created_at),
          },
    files: null,
  };
}

function dateOf(text: string | null | undefined): Date | null {
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}
