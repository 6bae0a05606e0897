import { expect, test } from "vitest";
import { redOf } from "./red-of.ts";

const minute = (index: number) => new Date(index * 60_000).toISOString();
const window = { from: minute(0), to: minute(4), step_s: 60 };
const series = (metric: string, values: readonly number[], from = 0) => ({
  ...{ service_key: "a/b/c", environment: "production", metric, kind: "delta" as const, unit: null, ref: "r" },
  labels: {},
  ...{ times: values.map((_, index) => (index + from) * 60_000), values: [...values] },
});

test("requests are a minute's, errors are a share of them, steps without an error are zero", () => {
  const items = [series("culprit.red.requests", [2, 4, 1, 1]), series("culprit.red.errors", [1], 1)];
  const { requests, errors, p99 } = redOf({ items }, window);
  expect(requests?.values).toEqual([120, 240, 60, 60]);
  expect(errors?.values).toEqual([0, 25, 0, 0]);
  expect(p99).toBeNull();
});

test("a service that fell silent has no requests since, and neither errors nor durations; before its first request nothing is said", () => {
  const items = [series("culprit.red.requests", [2], 1), series("culprit.red.duration_p99", [80], 1)];
  const { requests, errors, p99 } = redOf({ items }, window);
  expect(requests?.values).toEqual([null, 120, 0, 0]);
  expect(errors?.values).toEqual([null, 0, null, null]);
  expect(p99?.values).toEqual([null, 80, null, null]);
});
