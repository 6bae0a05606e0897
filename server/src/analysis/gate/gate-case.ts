import type { GateSource, Severity, TriggerType } from "@culprit/contract";

/** What is known of an incident that waits for the gate, or of one that was decided about before. Instants are milliseconds since 1970. */
export interface GateCase {
  readonly source: GateSource;
  readonly severity: Severity;
  /** When it began. */
  readonly beganAt: number;
  /** When it is decided. */
  readonly decidedAt: number;
  /** What detectors saw; null where errors or alerts opened it. */
  readonly trigger: GateTrigger | null;
  /** The most requests of its route that were slow within the policy's window; null where it is no failure of single slow requests. */
  readonly slowRequests: number | null;
  /** Changes of its service and environment in the policy's window before it began, newest first. */
  readonly changes: readonly GateChange[];
  /** A maintenance window that it began in and that stands. */
  readonly maintenance: { readonly reason: string; readonly endsAt: number } | null;
  /** Another incident of its service that is being looked after. */
  readonly duplicateOf: { readonly incidentId: string; readonly title: string } | null;
  /** How often the same incident went away by itself in the policy's days. */
  readonly recoveries: number;
}

export interface GateTrigger {
  readonly type: TriggerType;
  readonly text: string;
  /** How long the condition has held, or had when it ended. */
  readonly lastedMs: number;
  /** True where it holds no more. */
  readonly isOver: boolean;
  readonly requestsPerMinute: number | null;
  /** Requests now by requests usually; null where that is not known. */
  readonly trafficRatio: number | null;
  /** 0..1 */
  readonly errorRatio: number | null;
  /** Processor time now by usually. */
  readonly cpuRatio: number | null;
}

export interface GateChange {
  readonly kind: "deployment" | "config";
  readonly id: string;
  readonly at: number;
  /** `revision 1a2b3c4`, `LOG_LEVEL of cart`. */
  readonly title: string;
}

/** How traffic and errors moved: what kind of trouble it is before anybody looks closer. */
export const gatePaths = ["capacity", "code_or_config", "perfect_storm", "unknown"] as const;
export type GatePath = (typeof gatePaths)[number];

export interface GateVerdict {
  /** `wait`: it may still go away by itself; to be asked again after `waitMs`. */
  readonly decision: "approved" | "suppressed" | "wait";
  /** The rule that decided. */
  readonly rule: GateRule;
  readonly rationale: string;
  readonly path: GatePath;
  /** False where a model could not add anything: demand is told by the numbers alone. */
  readonly allowModel: boolean;
  readonly waitMs: number;
}

export const gateRules = [
  "information",
  "maintenance",
  "duplicate",
  "latency",
  "traffic",
  "persistence",
  "change_required",
  "flakiness",
  "demand",
  "change_nearby",
  "new_failure",
] as const;
export type GateRule = (typeof gateRules)[number];
