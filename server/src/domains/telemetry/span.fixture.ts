import type { SpanRecord } from "@culprit/contract";

let made = 0;

/** A healthy SERVER span of 10 ms, with an id of its own. */
export function span(changed: Partial<SpanRecord> = {}): SpanRecord {
  made += 1;
  return {
    serviceKey: "default/production/cart",
    environment: "production",
    traceId: made.toString(16).padStart(32, "0"),
    spanId: made.toString(16).padStart(16, "0"),
    parentSpanId: null,
    name: "GET /cart/:id",
    kind: "server",
    startMs: 1_772_366_400_000,
    durationMs: 10,
    status: "unset",
    route: "GET /cart/:id",
    httpStatus: 200,
    peer: null,
    attributes: {},
    events: [],
    ...changed,
  };
}
