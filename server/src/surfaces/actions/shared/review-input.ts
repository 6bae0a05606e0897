import { z } from "zod";
import type { Finding } from "../../../analysis/pull-request/phase-one.ts";
import { findingSeverities } from "../../../analysis/pull-request/phase-one.ts";

/** A review or a comment as GitHub's API gives it; only what is read is named. */
export const vendorReviewSchema = z.looseObject({
  user: z.looseObject({ login: z.string() }).nullish(),
  state: z.string().nullish(),
  body: z.string().nullish(),
  submitted_at: z.string().nullish(),
});
export const vendorCommentSchema = z.looseObject({
  user: z.looseObject({ login: z.string() }).nullish(),
  body: z.string().nullish(),
  path: z.string().nullish(),
  pull_request_review_id: z.number().nullish(),
});
export const vendorPullRequestSchema = z.looseObject({
  state: z.string().nullish(),
  merged: z.boolean().nullish(),
  merged_at: z.string().nullish(),
  created_at: z.string().nullish(),
  review_requested_at: z.string().nullish(),
});

/** Severities in tools' own words. */
const severityWords: Readonly<Record<string, (typeof findingSeverities)[number]>> = {
  error: "high",
  blocker: "critical",
  major: "high",
  warning: "medium",
  minor: "low",
  info: "low",
  note: "low",
  nitpick: "low",
};

const findingSchema = z.looseObject({
  category: z.string().max(100).default("general"),
  severity: z.string().max(40).default("medium"),
  title: z.string().max(1000).optional(),
  message: z.string().max(10_000).optional(),
  description: z.string().max(10_000).optional(),
  file: z.string().max(1000).nullish(),
  path: z.string().max(1000).nullish(),
  line: z.number().int().nullish(),
  suggestion: z.string().max(10_000).nullish(),
  confidence: z.number().min(0).max(1).optional(),
  code: z.union([z.string(), z.number()]).optional(),
  tags: z.array(z.string().max(100)).max(50).default([]),
});
const list = z.array(findingSchema).max(2000).default([]);

export const reviewDataSchema = z.strictObject({
  coderabbit: z.looseObject({ findings: list }).optional().describe("Findings of CodeRabbit."),
  copilot: z.looseObject({ suggestions: list }).optional().describe("Suggestions of Copilot."),
  typescript_check: z.looseObject({ errors: list }).optional().describe("Errors of the TypeScript compiler."),
});

/** The findings of all tools in one shape. A severity in words that nobody knows counts as medium; a type error as high. */
export function findingsIn(data: z.infer<typeof reviewDataSchema>): Finding[] {
  const each = (items: z.infer<typeof list>, source: Finding["source"]): Finding[] =>
    items.map((item) => ({
      category: source === "typescript_check" && item.category === "general" ? "type" : item.category,
      severity: source === "typescript_check" ? "high" : severityOf(item.severity),
      title: item.title ?? item.message?.split("\n")[0] ?? item.description?.split("\n")[0] ?? "Untitled finding",
      description: item.description ?? item.message ?? "",
      file: item.file ?? item.path ?? null,
      line: item.line ?? null,
      suggestion: item.suggestion ?? null,
      confidence: item.confidence ?? (source === "typescript_check" ? 1 : 0.5),
      tags: item.code === undefined ? item.tags : [...item.tags, String(item.code)],
      source,
    }));
  return [
    ...each(data.typescript_check?.errors ?? [], "typescript_check"),
    ...each(data.coderabbit?.findings ?? [], "coderabbit"),
    ...each(data.copilot?.suggestions ?? [], "copilot"),
  ];
}

function severityOf(word: string): Finding["severity"] {
  const lower = word.toLowerCase();
  return findingSeverities.find((one) => one === lower) ?? severityWords[lower] ?? "medium";
}
