import { expect, test } from "vitest";
import { isWorking } from "./is-working.ts";

const execution = (status: "pending" | "running" | "completed" | "failed") => ({
  id: "exec_1",
  workflow: "incident-response",
  status,
  error_message: null,
  steps: [],
  log: [],
});

test("a page is read often exactly while an execution waits or runs", () => {
  const at = (status: "pending" | "running" | "completed" | "failed") =>
    isWorking({ execution: execution(status), status: "diagnosed", verdict: null });
  expect([at("pending"), at("running"), at("completed"), at("failed")]).toEqual([true, true, false, false]);
});

test("an incident that just opened, or was approved anew, is waited for, a suppressed or resolved one is not", () => {
  expect(isWorking({ execution: null, status: "open", verdict: null })).toBe(true);
  expect(isWorking({ execution: execution("completed"), status: "triaged", verdict: "likely" })).toBe(true);
  expect(isWorking({ execution: null, status: "suppressed", verdict: null })).toBe(false);
  expect(isWorking({ execution: null, status: "resolved", verdict: null })).toBe(false);
  expect(isWorking({ execution: null, status: "open", verdict: "likely" })).toBe(false);
});
