import { expect, test } from "vitest";
import { isWorking } from "./is-working.ts";

const execution = (status: "pending" | "running" | "completed" | "failed") => ({
  status,
  error_message: null,
  steps: [],
});

test("a page is read often exactly while an execution waits or runs", () => {
  const at = (status: "pending" | "running" | "completed" | "failed") =>
    isWorking({ execution: execution(status), status: "investigating", verdict: null });
  expect([at("pending"), at("running"), at("completed"), at("failed")]).toEqual([true, true, false, false]);
});

test("an incident that just opened is waited for, a suppressed or resolved one is not", () => {
  expect(isWorking({ execution: null, status: "open", verdict: null })).toBe(true);
  expect(isWorking({ execution: null, status: "suppressed", verdict: null })).toBe(false);
  expect(isWorking({ execution: null, status: "resolved", verdict: null })).toBe(false);
  expect(isWorking({ execution: null, status: "open", verdict: "likely" })).toBe(false);
});
