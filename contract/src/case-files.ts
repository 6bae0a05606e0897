import { z } from "zod";
import { metricKinds, spanKinds } from "./telemetry.ts";

/*
 * The plain files of a case (`docs/case-format.md`): what was known around one failure, as an engineer could write it by hand or
 * export it. `culprit diagnose DIR` reads them without a server. Instants are ISO 8601 with a zone. The answer is never among them.
 */

const instant = z.iso.datetime({
  offset: true,
  error: ({ input }) =>
    `${JSON.stringify(input) ?? "nothing"} is no instant in ISO 8601 with a zone (2026-03-04T10:15:30Z)`,
});
const text = z.string().max(20_000);
const name = z.string().min(1).max(300);
const attributes = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

export const caseIntervalSchema = z.object({ from: instant, to: instant });

/** `case.json` */
export const caseFileSchema = z.object({
  format: z.literal("culprit"),
  version: z.literal(1),
  title: text.optional(),
  /** Time in which all was as usual. */
  baseline: caseIntervalSchema,
  /** Time of the trouble, as far as it was recorded. */
  incident: caseIntervalSchema,
  /** Where the trouble was noticed. */
  target: z.object({ component: name, metric: name.nullish(), statistic: name.nullish() }).nullish(),
});
export type CaseFile = z.infer<typeof caseFileSchema>;

/** One element of `components.json`. */
export const caseComponentSchema = z.object({
  key: name,
  name: name.optional(),
  kind: z.enum(["service", "database", "cache", "queue", "external", "host", "unknown"]).default("unknown"),
  owned: z.boolean().nullish(),
  /** The component that it is a part of, or the host that it runs on. */
  part_of: name.nullish(),
});
export type CaseComponent = z.infer<typeof caseComponentSchema>;

/** The column `kind` of `metrics.csv`. */
export const caseMetricKindSchema = z.enum(metricKinds);

/** One line of `logs.ndjson`. */
export const caseLogSchema = z.object({
  time: instant,
  component: name,
  severity: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).default("info"),
  body: text,
  trace_id: z.string().nullish(),
  span_id: z.string().nullish(),
  attributes: attributes.optional(),
});
export type CaseLog = z.infer<typeof caseLogSchema>;

/** One line of `spans.ndjson`. */
export const caseSpanSchema = z.object({
  trace_id: z.string().min(1),
  span_id: z.string().min(1),
  parent_span_id: z.string().nullish(),
  component: name,
  name,
  kind: z.enum(spanKinds).default("internal"),
  start: instant,
  duration_ms: z.number().nonnegative(),
  status: z.enum(["unset", "ok", "error"]).default("unset"),
  /** The component that is called, where the span is a call. */
  callee: name.nullish(),
  attributes: attributes.optional(),
});
export type CaseSpan = z.infer<typeof caseSpanSchema>;

/** One element of `changes.json`. */
export const caseChangeSchema = z.object({
  id: name,
  kind: z.enum(["deployment", "rollback", "config", "flag", "migration", "scaling", "infrastructure"]),
  at: instant,
  component: name.nullish(),
  title: text,
  actor: z.string().nullish(),
  /** Of a deployment or rollback: what ran before, and what runs since. */
  previous_commit: z.string().nullish(),
  current_commit: z.string().nullish(),
  /** Of everything else: what was changed. Values of secrets are left out. */
  fields: z.array(z.object({ field: name, old: z.string().nullish(), new: z.string().nullish() })).optional(),
});
export type CaseChange = z.infer<typeof caseChangeSchema>;

/** One element of `commits.json`. */
export const caseCommitSchema = z.object({
  sha: z.string().min(7),
  component: name.nullish(),
  author: z.string().nullish(),
  authored_at: instant,
  subject: text,
  files: z.array(
    z.object({
      path: name,
      added: z.number().int().nonnegative().default(0),
      removed: z.number().int().nonnegative().default(0),
      /** Hunks as `git diff` prints them. */
      patch: z.string().nullish(),
    }),
  ),
});
export type CaseCommit = z.infer<typeof caseCommitSchema>;

/** What `culprit diagnose DIR… --json` prints: one such object a line for each case, in the order of the folders. */
export const caseDiagnosisSchema = z.object({
  case: z.string(),
  causes: z.array(
    z.object({
      /** Key of the component that is the cause. */
      service: z.string().nullable(),
      metric: z.string().nullable(),
      type: z.string(),
      score: z.number(),
      /** 0..1: how sure it is that this is the cause. */
      confidence: z.number().min(0).max(1),
      /** Id of the change that is blamed, where one is. */
      change_id: z.string().nullish(),
    }),
  ),
  verdict: z.enum(["confirmed", "likely", "inconclusive"]),
  /** Of the first cause; 0 where there is none. */
  confidence: z.number().min(0).max(1),
  seconds: z.number().nonnegative(),
  evidence: z.array(z.unknown()),
});
export type CaseDiagnosis = z.infer<typeof caseDiagnosisSchema>;
