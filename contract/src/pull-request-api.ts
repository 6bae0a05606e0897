import { z } from "zod";

const instant = z.iso.datetime({ offset: true });

/** `manual`: a person presses a button. `suggest`: people are told that a proven patch is ready. `auto`: it is opened within the limits. */
export const pullRequestModes = ["manual", "suggest", "auto"] as const;
export type PullRequestMode = (typeof pullRequestModes)[number];

const settings = {
  mode: z.enum(pullRequestModes),
  /** `auto` only: the failure was seen at least so often. */
  min_events: z.number().int().min(1).max(1_000_000),
  /** `auto` only: the cause is at least so sure, 0..1. */
  min_confidence: z.number().min(0).max(1),
  /** `auto` only: a patch that hides the failure and leaves its cause is opened too. */
  allow_mitigation: z.boolean(),
  /** `auto` only: so many within 24 hours. */
  daily_max: z.number().int().min(0).max(100),
  /** A patch that is proven on what is deployed is opened though it is not proven on the newest commit of the base branch. */
  allow_unproven_base: z.boolean(),
  /** Where a patch can't be proven, an issue is opened instead. */
  issue_without_proof: z.boolean(),
  /** Opened as a draft. */
  draft: z.boolean(),
  /** The branch they go to; null for the repository's default one. */
  base_branch: z.string().min(1).max(255).nullable(),
  labels: z.array(z.string().min(1).max(50)).max(10),
  /** Asked for a review beside the author of the blamed commit and the code owners. */
  reviewers: z.array(z.string().min(1).max(100)).max(10),
  /** Whether the author of the blamed commit and the code owners are asked. */
  ask_authors: z.boolean(),
};

/** What a project wants of pull requests: answer of `GET /api/pull-request-settings`. */
export const pullRequestSettingsSchema = z.strictObject({
  mode: settings.mode.default("manual"),
  min_events: settings.min_events.default(2),
  min_confidence: settings.min_confidence.default(0.8),
  allow_mitigation: settings.allow_mitigation.default(false),
  daily_max: settings.daily_max.default(3),
  allow_unproven_base: settings.allow_unproven_base.default(false),
  issue_without_proof: settings.issue_without_proof.default(false),
  draft: settings.draft.default(false),
  base_branch: settings.base_branch.default(null),
  labels: settings.labels.default(["culprit"]),
  reviewers: settings.reviewers.default([]),
  ask_authors: settings.ask_authors.default(true),
});
export type PullRequestSettings = z.output<typeof pullRequestSettingsSchema>;

/** Body of `PATCH /api/pull-request-settings`: what is named is changed. */
export const pullRequestSettingsPatchSchema = z.strictObject(settings).partial();
export type PullRequestSettingsPatch = z.output<typeof pullRequestSettingsPatchSchema>;

export const pullRequestOutcomes = [
  "opened",
  "already_open",
  "already_fixed",
  "suggested",
  "left_to_people",
  "issue_opened",
  "not_proven",
  "below_threshold",
  "daily_cap",
  "turned_down",
  "part_of_another",
  "no_forge",
  "does_not_apply",
  "not_proven_on_base",
  "refused",
  "unreachable",
] as const;
export type PullRequestOutcome = (typeof pullRequestOutcomes)[number];

export const checksSchema = z.object({
  state: z.enum(["none", "pending", "success", "failure"]),
  total: z.number().int(),
  failing: z.array(z.string()),
});
export const reviewsSchema = z.object({
  state: z.enum(["none", "approved", "changes_requested"]),
  approved_by: z.array(z.string()),
  changes_requested_by: z.array(z.string()),
});

/** A pull request for an incident's failure. */
export const pullRequestSchema = z.object({
  id: z.string(),
  forge: z.enum(["github", "gitlab", "gitea"]),
  repository: z.string(),
  number: z.number().int(),
  /** As the forge writes it: `acme/shop#7`, at GitLab `acme/shop!7`. */
  name: z.string(),
  url: z.string(),
  title: z.string(),
  branch: z.string(),
  base_branch: z.string(),
  /** False where somebody else opened it. */
  is_own: z.boolean(),
  state: z.enum(["open", "merged", "closed"]),
  commit: z.string().nullable(),
  checks: checksSchema,
  reviews: reviewsSchema,
  closed_reason: z.string().nullable(),
  opened_at: instant,
  merged_at: instant.nullable(),
  closed_at: instant.nullable(),
  checked_at: instant.nullable(),
  /** Why the forge could not be asked the last time, or null. */
  check_error: z.string().nullable(),
});
export type IncidentPullRequest = z.infer<typeof pullRequestSchema>;

/** What became of the last time that one was asked for or thought of. */
export const pullRequestDecisionSchema = z.object({
  outcome: z.enum(pullRequestOutcomes),
  reason: z.string(),
  mode: z.enum(pullRequestModes),
  asked_by: z.string().nullable(),
  /** Of the issue, the other pull request or the commit that it is about, or null. */
  url: z.string().nullable(),
  created_at: instant,
});
export type PullRequestDecision = z.infer<typeof pullRequestDecisionSchema>;

/** Answer of `GET /api/incidents/:id/pull-request`, and a part of the incident. */
export const incidentPullRequestsSchema = z.object({
  mode: z.enum(pullRequestModes),
  /** Newest first. */
  items: z.array(pullRequestSchema),
  last_decision: pullRequestDecisionSchema.nullable(),
  /** Why none can be asked for now; null where it can. */
  blocked: z.string().nullable(),
  /** That the patch is of an earlier conclusion, which has to be said when one is asked for; null where it is of the one that stands. */
  outdated_reason: z.string().nullable(),
});
export type IncidentPullRequests = z.infer<typeof incidentPullRequestsSchema>;

/** Body of `POST /api/incidents/:id/pull-request`, which may be left out. */
export const pullRequestAskSchema = z.strictObject({
  /** Open it though `outdated_reason` is given; refused as CONFLICT without. */
  outdated: z.boolean().default(false),
});

/** Answer of `POST /api/incidents/:id/pull-request`: it is being worked at. */
export const pullRequestAskedSchema = z.object({ execution_id: z.string() });
export type PullRequestAsked = z.infer<typeof pullRequestAskedSchema>;
