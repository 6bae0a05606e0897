/** Names of the derived series; a series of a route has the label `route`, one of an edge `callee` (the topology's key), one of a service neither. */
export const redNames = {
  requests: "culprit.red.requests",
  errors: "culprit.red.errors",
  durationSum: "culprit.red.duration_sum",
  p50: "culprit.red.duration_p50",
  p90: "culprit.red.duration_p90",
  p99: "culprit.red.duration_p99",
  /** Requests and calls that none of the others counts: they were beyond the limits of memory. */
  uncounted: "culprit.red.uncounted",
} as const;
