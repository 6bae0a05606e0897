import { z } from "zod";
import { analyzeReviews } from "../../analysis/pull-request/analyze-reviews.ts";
import { analyzeFindings, findingSeverities } from "../../analysis/pull-request/phase-one.ts";
import { action } from "./action-services.ts";
import { pullRequestField, repositoryField } from "./shared/fields.ts";
import { loadReviewFacts } from "./shared/load-review-facts.ts";
import {
  findingsIn,
  reviewDataSchema,
  vendorCommentSchema,
  vendorPullRequestSchema,
  vendorReviewSchema,
} from "./shared/review-input.ts";

const severity = z.enum(findingSeverities);
const finding = z.object({
  category: z.string(),
  severity,
  title: z.string(),
  description: z.string(),
  file: z.string().nullable(),
  line: z.number().nullable(),
  suggestion: z.string().nullable(),
  confidence: z.number(),
  tags: z.array(z.string()),
  source: z.string(),
});

export default action({
  name: "pr_review_analyzer",
  title: "Sum up the reviews of a pull request",
  summary:
    "Counts reviews and comments, says how long review took, how it sounds and how risky the change is, and weighs the findings of reviewing tools: what they found, whether it should block the merge.",
  group: "pull_request",
  input: z.strictObject({
    pr_number: pullRequestField,
    repository: repositoryField,
    reviews_data: z
      .array(vendorReviewSchema)
      .max(2000)
      .optional()
      .describe("Reviews as GitHub gives them. Left out: read from the forge."),
    comments_data: z
      .array(vendorCommentSchema)
      .max(5000)
      .optional()
      .describe("Comments as GitHub gives them. Left out: read from the forge."),
    pr_data: vendorPullRequestSchema
      .optional()
      .describe("The pull request as GitHub gives it. Left out: read from the forge."),
    review_data: reviewDataSchema.prefault({}).describe("What reviewing tools found."),
    severity_threshold: severity.default("medium").describe("Findings below it are only counted."),
    auto_assign: z.boolean().default(true).describe("Say for each finding which tool or team suits it."),
  }),
  output: z.object({
    pr_number: z.number().int(),
    review_count: z.number().int(),
    comment_count: z.number().int(),
    approval_count: z.number().int().describe("Reviews in the state APPROVED."),
    requested_changes_count: z.number().int().describe("Reviews in the state CHANGES_REQUESTED."),
    review_comment_count: z.number().int().describe("Comments on the code."),
    review_commenters: z.array(z.string()).describe("Who commented on the code, each once."),
    review_duration_hours: z
      .number()
      .nullable()
      .describe("From the first request for review, else the creation, to the last decisive review."),
    sentiment_score: z.number().nullable().describe("-1 to 1, by reviewers' words."),
    risk_score: z.number().nullable().describe("0 to 1, by size, churn, sensitive paths and standing change requests."),
    summary: z.string(),
    recommendations: z.array(z.string()),
    metadata: z.object({
      risk_level: z.string().nullable(),
      risk_reasons: z.array(z.string()),
      below_threshold: z.number().int(),
    }),
    issues_found: z.array(finding).describe("Findings at or over the threshold, worst first."),
    github_issues_created: z.array(z.unknown()).describe("Empty: issue_creator makes them."),
    linear_tickets_created: z.array(z.unknown()).describe("Empty: issue_creator makes them."),
    ai_assignments: z.record(z.string(), z.string()).describe("issue_1 … to the tool or team it suits."),
    should_use_autogen: z.boolean().describe("Whether the findings are more than a quick fix."),
    should_block_merge: z
      .boolean()
      .describe("Whether a finding is critical, a type error, or high in a sensitive path."),
    analysis_summary: z.string(),
    affected_files: z.array(z.string()),
  }),
  repeat: "none",
  async run(input, ctx, services) {
    const facts = await loadReviewFacts(input, ctx, services);
    const reviews = analyzeReviews(facts);
    const findings = analyzeFindings(findingsIn(input.review_data), input.severity_threshold);
    return {
      pr_number: facts.prNumber,
      review_count: reviews.reviewCount,
      comment_count: reviews.commentCount,
      approval_count: reviews.approvalCount,
      requested_changes_count: reviews.requestedChangesCount,
      review_comment_count: reviews.reviewCommentCount,
      review_commenters: [...reviews.reviewCommenters],
      review_duration_hours: reviews.reviewDurationHours,
      sentiment_score: reviews.sentimentScore,
      risk_score: reviews.risk?.score ?? null,
      summary: reviews.summary,
      recommendations: [...reviews.recommendations],
      metadata: {
        risk_level: reviews.risk?.level ?? null,
        risk_reasons: [...(reviews.risk?.reasons ?? [])],
        below_threshold: findings.belowThreshold,
      },
      issues_found: findings.issuesFound.map((one) => ({ ...one, tags: [...one.tags] })),
      github_issues_created: [],
      linear_tickets_created: [],
      ai_assignments: input.auto_assign ? findings.assignments : {},
      should_use_autogen: findings.isComplex,
      should_block_merge: findings.shouldBlockMerge,
      analysis_summary: findings.summary,
      affected_files: [...findings.affectedFiles],
    };
  },
});
