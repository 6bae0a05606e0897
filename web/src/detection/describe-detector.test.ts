import { detectorSettingsSchemas } from "@culprit/contract";
import { expect, test } from "vitest";
import { describeDetector } from "./describe-detector.ts";

const told = (kind: keyof typeof detectorSettingsSchemas, settings: Record<string, unknown> = {}) =>
  describeDetector({ kind, settings: detectorSettingsSchemas[kind].parse(settings) });

test("each kind of detector is told in a sentence with its own thresholds", () => {
  expect(told("error_rate_spike", { ratio: 0.05 })).toBe(
    "More than 5 % of the requests of 2 min fail, and more than twice what is usual at this hour, for 60 s.",
  );
  expect(told("p99_regression", { factor: 3 })).toContain("over 3 times as long as usual and 100 ms longer");
  expect(told("crashloop")).toBe("A container begins again 3 times in 10 min.");
  expect(told("slo_burn_rate")).toBe(
    "The error budget of an objective of 99 % is spent 14.4 times too fast over 60 min and 5 min, or 6 times too fast over 6 h and 15 min.",
  );
  expect(told("change_point", { measure: "requests", direction: "down" })).toContain(
    "The level of requests moves down by 50 %",
  );
  const own = { series: { queue: { metric: "depth" } }, condition: "queue.now > 100.0" };
  expect(told("custom", own)).toBe("queue.now > 100.0 holds for 2 min.");
});
