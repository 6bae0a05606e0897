/**
 * Series that Culprit derives from spans for each service and route: rate, errors, duration. A route's series carry the label `route`;
 * without it the series is of the whole service.
 */
export const redMetrics = {
  /** Requests, delta. */
  requests: "culprit.red.requests",
  /** Requests that ended in 5xx or an error, delta. */
  errors: "culprit.red.errors",
  /** 99th percentile of the duration, gauge, milliseconds. */
  p99: "culprit.red.p99",
} as const;
export const RED_ROUTE_LABEL = "route";
