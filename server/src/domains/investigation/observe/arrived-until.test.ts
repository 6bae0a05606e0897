import { expect, test } from "vitest";
import { redNames, type StoredSeries } from "../../telemetry/index.ts";
import { logsArrivedUntil, spansArrivedUntil } from "./arrived-until.ts";
import { seriesOfStore } from "./series-of-store.ts";

const now = new Date("2026-01-01T12:10:00Z");
const at = (secondsAgo: number) => now.getTime() - secondsAgo * 1000;
const span = (component: string, secondsAgo: number) => ({
  ...{ traceId: "t", spanId: `${component}${secondsAgo}`, parentSpanId: null, component, operation: "GET /" },
  ...{ startMs: at(secondsAgo), durationMs: 500, isError: false },
});
const line = (component: string, secondsAgo: number) => ({
  ...{ traceId: "t", spanId: "s", component, atMs: at(secondsAgo), severity: null },
  ...{ templateId: "x", template: "x", example: "x" },
});

test("lines have come in until the newest of them, and are no longer waited for after a minute", () => {
  const spans = [span("stock", 2), span("stock", 300), span("mute", 5)];
  const until = logsArrivedUntil(spans, [line("stock", 40), line("stock", 9), line("stock", 200)], now);
  expect(until.get("stock")).toBe(at(9));
  expect(until.get("mute")).toBe(at(60));
  expect(spansArrivedUntil(spans)).toBe(at(1.5));
  expect(spansArrivedUntil([])).toBeNull();
});

test("a step that has not come in whole is left out of what grows, and kept of gauges and shares", () => {
  const minutes = [3, 2, 1, 0].map((ago) => at(60 * ago));
  const stored = (metric: string, kind: StoredSeries["kind"], values: readonly number[]): StoredSeries => ({
    ...{ serviceKey: "default/production/stock", environment: "production", metric, kind, unit: null, labels: {} },
    ...{ times: Float64Array.from(minutes), values: Float64Array.from(values), ref: metric },
  });
  const series = seriesOfStore(
    [
      stored(redNames.requests, "delta", [7.6, 7.7, 7.6, 0.7]),
      stored(redNames.errors, "delta", [0, 0, 0, 0.35]),
      stored(redNames.p99, "gauge", [20, 20, 20, 900]),
    ],
    () => at(0),
  );
  const of = (metric: string) => [...(series.find((one) => one.metric === metric)?.values ?? [])];
  expect(of(redNames.requests)).toEqual([7.6, 7.7, 7.6]);
  expect(of(redNames.errors)).toEqual([0, 0, 0, 0.5]);
  expect(of(redNames.p99)).toEqual([20, 20, 20, 900]);
});
