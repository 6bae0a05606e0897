import { expect, test } from "vitest";
import { encodeTraces, type TracesFixture } from "./encode-traces.fixture.ts";
import { readOtlpMetrics } from "./map-metrics.ts";
import { refuseOtherSignal } from "./other-signal.ts";

const span = {
  ...{ traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", name: "GET /", kind: 2 },
  ...{ startTimeUnixNano: "1767225600000000000", endTimeUnixNano: "1767225601000000000" },
};
const resource = { attributes: [{ key: "service.name", value: { stringValue: "cart" } }] };
const traces: TracesFixture = { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] };
const json = "application/json";
const ctx = { receivedAt: new Date(), fallbackService: "shop" };

test("traces at the door for metrics are refused with the right door, also in protobuf, where they can't be decoded", () => {
  const body = Buffer.from(JSON.stringify(traces));
  expect(readOtlpMetrics(body, json, ctx).samples).toEqual([]);
  expect(() => refuseOtherSignal(body, json, "metrics")).toThrow(/an export of traces .*Send it to \/v1\/traces/);
  expect(() => readOtlpMetrics(encodeTraces(traces), "application/x-protobuf", ctx)).toThrow(
    "The body is not an ExportMetricsServiceRequest",
  );
});

test("an export that is empty is no other signal's", () => {
  for (const body of ["{}", '{"resourceMetrics": []}', '{"resource_metrics": []}'])
    expect(() => refuseOtherSignal(Buffer.from(body), json, "metrics")).not.toThrow();
  expect(() => refuseOtherSignal(Buffer.from('{"resource_logs": []}'), json, "metrics")).toThrow("/v1/logs");
});
