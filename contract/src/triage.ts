import { z } from "zod";
import { faultResourceSchema } from "./fault.ts";
import { severitySchema } from "./severity.ts";

/** The states of an incident in document 2's words. */
export const triageStatuses = ["pending", "investigating", "resolved", "failed", "agent_failed"] as const;
export const triageStatusSchema = z.enum(triageStatuses);
export type TriageStatus = (typeof triageStatuses)[number];

const instant = z.iso.datetime({ offset: true });

/** The incident of a Kubernetes fault, under the names of document 2. The fault's values are those of its first receipt. */
export const triageIncidentSchema = z.object({
  incidentId: z.uuid(),
  /** Null once the fault itself was cleaned up. */
  faultId: z.string().nullable(),
  status: triageStatusSchema,
  createdAt: instant,
  startedAt: instant.nullable(),
  completedAt: instant.nullable(),
  exitCode: z.number().int().nullable(),
  failureReason: z.string().nullable(),
  cluster: z.string(),
  subscriptionId: z.string(),
  resource: faultResourceSchema,
  faultType: z.string(),
  /** The highest of all receipts. */
  severity: severitySchema,
  context: z.string(),
  timestamp: instant,
});
export type TriageIncident = z.infer<typeof triageIncidentSchema>;

/** Narrows a list of incidents. `cursor` is the `nextCursor` of the page before, asked with the same filters. */
export const triageFiltersSchema = z.strictObject({
  status: z.array(triageStatusSchema).min(1).optional(),
  cluster: z.string().optional(),
  namespace: z.string().optional(),
  resourceKind: z.string().optional(),
  resourceName: z.string().optional(),
  faultType: z.string().optional(),
  faultId: z.string().optional(),
  /** This severity and worse ones. */
  severityMin: severitySchema.optional(),
  createdAfter: instant.optional(),
  createdBefore: instant.optional(),
  /** `oldest` first is the order in which to work. */
  order: z.enum(["newest", "oldest"]).default("newest"),
  limit: z.number().int().min(1).max(100).default(50),
  cursor: z.string().max(200).optional(),
});
export type TriageFilters = z.input<typeof triageFiltersSchema>;

/** One run of an agent. Recorded again with the same id, it is the same run: what is known later is filled in. */
export const agentExecutionSchema = z
  .strictObject({
    executionId: z.uuid(),
    incidentId: z.string(),
    startedAt: instant,
    completedAt: instant.nullish(),
    exitCode: z.number().int().nullish(),
    errorMessage: z.string().max(65_536).default(""),
    /** Document 2 stores them with commas between, so that none may hold one. */
    logPaths: z
      .array(
        z
          .string()
          .min(1)
          .max(1024)
          .regex(/^[^,]*$/, "must not hold a comma"),
      )
      .max(100)
      .default([]),
  })
  .refine(({ startedAt, completedAt }) => completedAt == null || Date.parse(completedAt) >= Date.parse(startedAt), {
    message: "must not be before startedAt",
    path: ["completedAt"],
  });
export type AgentExecution = z.input<typeof agentExecutionSchema>;

/** The report of one run. */
export const triageReportSchema = z.strictObject({
  reportId: z.uuid(),
  incidentId: z.string(),
  executionId: z.uuid(),
  generatedAt: instant.optional(),
  reportMarkdown: z.string().min(1).max(1_048_576),
  reportHtml: z.string().max(4_194_304).nullish(),
});
export type TriageReport = z.input<typeof triageReportSchema>;
