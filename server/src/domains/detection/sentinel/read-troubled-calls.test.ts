import { expect, test } from "vitest";
import type { Trouble } from "../../../analysis/detection/same-trouble.ts";
import { redNames, type StoredSeries } from "../../telemetry/index.ts";
import { readTroubledCalls } from "./read-troubled-calls.ts";

const now = Date.parse("2026-06-08T12:00:00Z");
const HOUR_MS = 3_600_000;
const trouble = (beganAt: number): Trouble => ({
  ...{ id: "a", environment: "production", service: "api", beganAt, traces: 0, telling: "detector" },
  ...{ isSlow: true, isPassedOn: false, isSymptom: true, blames: null },
});
const series = (metric: string, value: (at: number) => number): StoredSeries => {
  const times = Float64Array.from({ length: 60 }, (_, at) => now - (60 - at) * 60_000);
  return {
    ...{ serviceKey: "c/n/api", environment: "production", metric, kind: "gauge", unit: null, ref: "" },
    ...{ labels: { callee: "c/n/payments" }, times, values: times.map(value) },
  };
};

/** What is asked of the store, and the calls; it answers with what it has of the metrics and the time that were asked for. */
async function readCalls(troubles: readonly Trouble[], stored: readonly StoredSeries[] = []) {
  const asked: { readonly fromMs: number }[] = [];
  const calls = await readTroubledCalls(
    {
      now: () => new Date(now),
      telemetry: {
        readSeries: async (query) => {
          asked.push(query);
          return stored
            .filter(({ metric }) => query.metrics?.includes(metric) === true)
            .map((one) => {
              const from = one.times.findIndex((time) => time >= query.fromMs);
              return { ...one, times: one.times.subarray(from), values: one.values.subarray(from) };
            });
        },
      },
    },
    "project",
    troubles,
  );
  return { asked, calls };
}

test("an incident that has gone on for days does not make days of every service's calls be read", async () => {
  const { asked } = await readCalls([trouble(now - 14 * 24 * HOUR_MS), trouble(now - 60_000)]);
  expect(asked).toHaveLength(2);
  for (const { fromMs } of asked) expect(now - fromMs).toBeLessThanOrEqual(3 * HOUR_MS);
});

test("calls fail from a tenth of them on, and are slow where they take half as long again as before the trouble", async () => {
  const troubles = [trouble(now - 10 * 60_000), trouble(now - 10 * 60_000)];
  const since = (at: number) => at >= now - 11 * 60_000;
  const failing = [series(redNames.requests, () => 10), series(redNames.errors, (at) => (since(at) ? 1 : 0))];
  const slow = series(redNames.p99, (at) => (since(at) ? 300 : 100));
  const told = { environment: "production", caller: "api", callee: "payments" };
  expect((await readCalls(troubles, failing)).calls).toEqual([
    { ...told, how: "fail" },
    { ...told, how: "are made" },
  ]);
  expect((await readCalls(troubles, [slow])).calls).toEqual([{ ...told, how: "are slow" }]);
  const healthy = [
    series(redNames.requests, () => 10),
    series(redNames.errors, () => 0.01),
    series(redNames.p99, () => 100),
  ];
  expect((await readCalls(troubles, healthy)).calls).toEqual([{ ...told, how: "are made" }]);
});
