import { expect, test } from "vitest";
import { faresOf, isSilent } from "./fares-of.ts";

const window = { from: new Date(0).toISOString(), to: new Date(120_000).toISOString(), step_s: 60 };
const series = (service_key: string, environment: string, values: readonly number[]) => ({
  ...{ service_key, environment, metric: "culprit.red.requests", kind: "delta" as const, unit: null, labels: {} },
  ...{ times: values.map((_, index) => index * 60_000), values: [...values], ref: "r" },
});

test("each service fares as it does where it is asked most", () => {
  const items = [series("a", "staging", [1, 1]), series("a", "production", [2, 3]), series("b", "staging", [4])];
  const fares = faresOf({ items }, window);
  expect([...fares].map(([key, { environment }]) => [key, environment])).toEqual([
    ["a", "production"],
    ["b", "staging"],
  ]);
  expect(fares.get("a")?.red.requests?.values).toEqual([120, 180]);
});

test("a service of which only errors or durations are known is not said to fare", () => {
  const errors = { ...series("a", "production", [1]), metric: "culprit.red.errors" };
  expect(faresOf({ items: [errors] }, window).size).toBe(0);
});

test("silence is told of a service that is asked all the time, not of one that is asked now and then", () => {
  const silent = (perSecond: number) => {
    const fare = faresOf({ items: [series("a", "production", [perSecond])] }, window).get("a");
    return fare !== undefined && isSilent(fare);
  };
  expect([silent(1), silent(0.01)]).toEqual([true, false]);
});
