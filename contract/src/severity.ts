import { z } from "zod";

/** How much a failure matters, worst first. Thresholds compare in this order. */
export const severities = ["critical", "high", "medium", "low"] as const;
export const severitySchema = z.enum(severities);
export type Severity = (typeof severities)[number];
