import { expect, test } from "vitest";
import { faresOf } from "./fares-of.ts";

const series = (service_key: string, environment: string, values: readonly number[]) => ({
  ...{ service_key, environment, metric: "culprit.red.requests", kind: "delta" as const, unit: null, labels: {} },
  ...{ times: values.map((_, index) => index * 60_000), values: [...values], ref: "r" },
});

test("each service fares as it does where it is asked most", () => {
  const fares = faresOf({
    items: [series("a", "staging", [1, 1]), series("a", "production", [2, 3]), series("b", "staging", [4])],
  });
  expect([...fares].map(([key, { environment }]) => [key, environment])).toEqual([
    ["a", "production"],
    ["b", "staging"],
  ]);
  expect(fares.get("a")?.red.requests?.values).toEqual([120, 180]);
});

test("a service of which only errors or durations are known is not said to fare", () => {
  const errors = { ...series("a", "production", [1]), metric: "culprit.red.errors" };
  expect(faresOf({ items: [errors] }).size).toBe(0);
});
