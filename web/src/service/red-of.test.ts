import { expect, test } from "vitest";
import { redOf } from "./red-of.ts";

const series = (metric: string, values: readonly number[], from = 0) => ({
  ...{ service_key: "a/b/c", environment: "production", metric, kind: "delta" as const, unit: null, ref: "r" },
  labels: {},
  ...{ times: values.map((_, index) => (index + from) * 60_000), values: [...values] },
});

test("requests are a minute's, errors are a share of them, steps without an error are zero", () => {
  const items = [series("culprit.red.requests", [2, 4, 0]), series("culprit.red.errors", [1], 1)];
  const { requests, errors, p99 } = redOf({ items });
  expect(requests?.values).toEqual([120, 240, 0]);
  expect(errors?.values).toEqual([0, 25, 0]);
  expect(p99).toBeNull();
});
