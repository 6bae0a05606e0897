import type { SpanRecord } from "@culprit/contract";

/** Whether a span failed: its status says so, or it answered 5xx; a status of `ok` is the application's last word. */
export function isFailed({ status, httpStatus }: Pick<SpanRecord, "status" | "httpStatus">): boolean {
  return status === "error" || (status !== "ok" && httpStatus !== null && httpStatus >= 500);
}

/** Whether a span is a request that a service took: what its rate is counted by. */
export function isEntry({ kind, parentSpanId }: Pick<SpanRecord, "kind" | "parentSpanId">): boolean {
  return kind === "server" || kind === "consumer" || (kind === "internal" && parentSpanId === null);
}
