/** What is particular to one incident of the fixture. */
export interface IncidentKind {
  readonly key: string;
  readonly source: "ingest" | "sentry" | "otlp" | "logs" | "kubernetes" | "alert" | "manual";
  readonly status: string;
  readonly severity: "critical" | "high" | "medium" | "low";
  readonly detector: "exception" | "http_error" | "latency" | "crash" | null;
  readonly errorType: string | null;
  readonly hoursAgo: number;
  /** The patch of its autopsy; left out where there is no autopsy, null where the autopsy has no patch. */
  readonly patch?: string | null;
}

/** Every canonical status, every source, every severity, from an hour to a hundred days old. Newest first. */
export const INCIDENT_KINDS: readonly IncidentKind[] = [
  {
    key: "open",
    source: "ingest",
    status: "open",
    severity: "high",
    detector: "exception",
    errorType: "TypeError",
    hoursAgo: 1,
  },
  {
    key: "muted",
    source: "sentry",
    status: "suppressed",
    severity: "low",
    detector: "exception",
    errorType: "AbortError",
    hoursAgo: 2,
  },
  {
    key: "queued",
    source: "otlp",
    status: "triaged",
    severity: "medium",
    detector: "http_error",
    errorType: null,
    hoursAgo: 3,
  },
  {
    key: "pod",
    source: "kubernetes",
    status: "investigating",
    severity: "critical",
    detector: "crash",
    errorType: null,
    hoursAgo: 5,
  },
  {
    key: "slow",
    source: "alert",
    status: "diagnosed",
    severity: "high",
    detector: "latency",
    errorType: null,
    hoursAgo: 48,
    patch: "patch_failed: no such file",
  },
  {
    key: "cart",
    source: "ingest",
    status: "pr_created",
    severity: "critical",
    detector: "exception",
    errorType: "TypeError",
    hoursAgo: 72,
    patch: "--- a/src/cart.ts",
  },
  {
    key: "node",
    source: "kubernetes",
    status: "failed",
    severity: "high",
    detector: "crash",
    errorType: null,
    hoursAgo: 240,
  },
  {
    key: "told",
    source: "manual",
    status: "agent_failed",
    severity: "low",
    detector: null,
    errorType: null,
    hoursAgo: 480,
    patch: null,
  },
  {
    key: "gone",
    source: "logs",
    status: "resolved",
    severity: "medium",
    detector: "exception",
    errorType: "RangeError",
    hoursAgo: 960,
    patch: "--- a/src/stock.ts",
  },
  {
    key: "past",
    source: "otlp",
    status: "resolved",
    severity: "low",
    detector: "latency",
    errorType: null,
    hoursAgo: 2400,
    patch: "--- a/src/past.ts",
  },
];
