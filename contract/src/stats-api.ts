import { z } from "zod";
import { detectors } from "./signal.ts";

/** Query of `GET /api/stats`. */
export const statsQuerySchema = z.object({
  project: z.string().optional(),
  days: z.coerce.number().int().min(1).max(365).default(30),
});

/** How many of how many; `percent` has two decimals and is null of nothing. */
const rate = z.object({
  count: z.number().int(),
  of: z.number().int(),
  percent: z.number().min(0).max(100).nullable(),
});
export type StatsRate = z.infer<typeof rate>;

/** What an incident goes through, in its order. */
export const statsSteps = [
  "approved",
  "diagnosed",
  "answered",
  "proven",
  "pull_request",
  "merged",
  "resolved",
] as const;
export type StatsStep = (typeof statsSteps)[number];

/** Document 1's words for a status. */
export const documentedStatuses = ["detected", "analyzing", "pr_created", "resolved"] as const;

const counts = {
  incidents: z.number().int(),
  /** With a report of their cause. */
  diagnosed: z.number().int(),
  /** With an autopsy. */
  answered: z.number().int(),
  /** With a patch, one that failed too. */
  patches: z.number().int(),
  /** With a patch that passed its gate. */
  applied: z.number().int(),
  proven: z.number().int(),
  pull_requests: z.number().int(),
  merged: z.number().int(),
  resolved: z.number().int(),
};
export type StatsCounts = { readonly [K in keyof typeof counts]: number };

/** Answer of `GET /api/stats`: what became of the incidents that were opened in these days. */
export const statsSchema = z.object({
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  days: z.number().int(),
  ...counts,
  by_status: z.record(z.enum(documentedStatuses), z.number().int()),
  /** By what noticed the failure (document 1's `error_type`); incidents without one are left out. */
  by_type: z.partialRecord(z.enum(detectors), z.number().int()),
  /** The same of the last 24 hours. */
  by_type_last_day: z.partialRecord(z.enum(detectors), z.number().int()),
  /** Of the last 7 days, without a pull request. */
  without_pull_request_last_week: z.number().int(),
  rates: z.object({
    /** Document 1's autopsy success rate: of all incidents, those with an autopsy. */
    analysis: rate,
    /** The same of those that the gate let through. */
    analysis_of_approved: rate,
    /** Document 1's patch application rate: of all autopsies, those with a patch that did not fail. */
    patch_application: rate,
    /** Of those that have a patch, those whose patch passed its gate. */
    patches_applied: rate,
    /** Of those that have a patch, those with a green proof. */
    proof: rate,
    /** Of the pull requests, those that were merged. */
    merge: rate,
  }),
  /** From the first signal to the first time that the step was reached, by our clock. */
  steps: z.array(
    z.object({
      step: z.enum(statsSteps),
      /** Incidents that reached it. */
      incidents: z.number().int(),
      median_s: z.number().nullable(),
      p95_s: z.number().nullable(),
    }),
  ),
  /** Each day (UTC) in which an incident was opened, oldest first. */
  by_day: z.array(z.object({ day: z.iso.date(), ...counts })),
});
export type Stats = z.infer<typeof statsSchema>;
