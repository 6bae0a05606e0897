import { z } from "zod";
import type { Severity } from "./severity.ts";

/** A name that a cluster gave: not empty, within a column, without control characters. */
const name = z
  .string()
  .min(1)
  .max(255)
  .regex(/^\P{Cc}*$/u, "must not hold control characters");

/** Severities as Kubernetes' watchers send them, and in the words that they are stored in. */
const severityOnWire: Readonly<Record<string, Severity>> = {
  critical: "critical",
  error: "high",
  high: "high",
  warning: "medium",
  medium: "medium",
  info: "low",
  low: "low",
};

/** What a fault is about. */
export const faultResourceSchema = z.object({
  apiVersion: name,
  kind: name,
  name,
  /** Empty for what lies in no namespace, such as a node. */
  namespace: z
    .string()
    .max(255)
    .regex(/^\P{Cc}*$/u, "must not hold control characters")
    .default(""),
  uid: name,
});

/**
 * A fault event as the MCP server of a cluster sends it (document 2: `params.data` of `notifications/message` with the
 * logger `kubernetes/faults`). Unknown fields are dropped; an unknown kind of fault is kept as it is called.
 */
export const faultEventSchema = z.object({
  subscriptionId: name,
  cluster: name,
  /** The same condition has the same id. Senders leave it out at times; it is then computed as they would have. */
  faultId: name.optional(),
  faultType: name,
  severity: z
    .string()
    .toLowerCase()
    .transform((word, ctx): Severity => {
      const severity = severityOnWire[word];
      if (severity !== undefined) return severity;
      ctx.addIssue(`${JSON.stringify(word.slice(0, 40))} is none of ${Object.keys(severityOnWire).join(", ")}`);
      return z.NEVER;
    }),
  resource: faultResourceSchema,
  /** Termination text or, as JSON, samples of logs. */
  context: z.string().max(65_536).default(""),
  timestamp: z.iso.datetime({ offset: true }),
});
export type FaultEvent = z.output<typeof faultEventSchema>;

/** A fault event whose id is known. */
export type Fault = FaultEvent & { readonly faultId: string };
