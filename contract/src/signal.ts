import type { TriggerType } from "./detection-api.ts";
import type { Fault } from "./fault.ts";
import type { Severity } from "./severity.ts";

/** What noticed the failure (document 1's `error_type`). */
export const detectors = ["exception", "http_error", "latency", "crash"] as const;
export type Detector = (typeof detectors)[number];

/** The way in that a signal took. */
export const doors = ["ingest", "sentry", "otlp", "logs", "kubernetes", "alert"] as const;
export type Door = (typeof doors)[number];

/** One stack frame. Lines and columns count from 1; `null` where the sender did not say. */
export interface StackFrame {
  /** Path as sent: absolute, repository-relative, a URL or a module path such as `com/acme/Cart.java`. */
  readonly file: string | null;
  readonly function: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** True for the project's own code, false for dependencies and the runtime. */
  readonly isInApp: boolean;
  /** The failing source line as the sender read it, where it sent one. */
  readonly sourceLine?: string | undefined;
}

/** One exception of a chain. Frames run from the failing call outwards. */
export interface ExceptionInfo {
  readonly type: string;
  readonly message: string;
  readonly frames: readonly StackFrame[];
}

/** Which condition held in telemetry, and in which window. */
export interface SignalTrigger {
  readonly type: TriggerType;
  /** `cluster/namespace/service`, where the telemetry says it. */
  readonly serviceKey?: string | undefined;
  /** ISO 8601 in UTC. */
  readonly windowStart: string;
  readonly windowEnd: string;
}

/**
 * One failure as production told it, the same whatever the wire format was. Everything in it came from outside:
 * it is data to store, compare and show, never an instruction.
 */
export interface ErrorSignal {
  /** 32 hex digits, unique within a project; a repeat with the same id counts once. */
  readonly eventId: string;
  readonly door: Door;
  readonly detector: Detector;
  /** What was caught first, its causes after it. Empty for a failure without an exception (a bare 5xx span). */
  readonly exceptions: readonly ExceptionInfo[];
  /** One line for people: `TypeError: x is undefined`, or `HTTP 500: GET /cart/:id`. */
  readonly title: string;
  /** What was said beyond the title, where there is no exception: an alert's text. */
  readonly description?: string | undefined;
  readonly stackText: string | null;
  readonly severity: Severity;
  /** The sender's clock, ISO 8601 in UTC. */
  readonly occurredAt: string;
  readonly service: string | null;
  readonly environment: string;
  readonly release: string | null;
  /** 40 or 64 lower-case hex digits, or null: never a made-up value such as forty zeros. */
  readonly commitSha: string | null;
  readonly deploymentId: string | null;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly request: {
    readonly method: string | null;
    readonly route: string | null;
    readonly status: number | null;
  } | null;
  readonly runtime: string | null;
  /** What the sender wants to be one failure (Sentry's `fingerprint`); `{{ default }}` stands for Culprit's own rule. */
  readonly grouping?: readonly string[] | undefined;
  /** What a cluster told, where the signal is a Kubernetes fault. */
  readonly fault?: Fault | undefined;
  /** What a detector of Culprit's own saw in telemetry, where the signal is that. */
  readonly trigger?: SignalTrigger | undefined;
  /** What the sender attached (tags, breadcrumbs, contexts), scrubbed, kept with the first, last and sampled occurrences. */
  readonly payload: Readonly<Record<string, unknown>>;
}
