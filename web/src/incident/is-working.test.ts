import { expect, test } from "vitest";
import { isLeftAlone, isRunning, isWorking } from "./is-working.ts";

const on = { response: { is_on: true, workflow_id: "wf_1" } };
const off = { response: { is_on: false, workflow_id: "wf_1" } };
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
    isWorking({ ...on, execution: execution(status), status: "diagnosed", verdict: null });
  expect([at("pending"), at("running"), at("completed"), at("failed")]).toEqual([true, true, false, false]);
});

test("an incident that just opened, or was approved anew, is waited for, a suppressed or resolved one is not", () => {
  expect(isWorking({ ...on, execution: null, status: "open", verdict: null })).toBe(true);
  expect(isWorking({ ...on, execution: execution("completed"), status: "triaged", verdict: "likely" })).toBe(true);
  expect(isWorking({ ...on, execution: null, status: "suppressed", verdict: null })).toBe(false);
  expect(isWorking({ ...on, execution: null, status: "resolved", verdict: null })).toBe(false);
  expect(isWorking({ ...on, execution: null, status: "open", verdict: "likely" })).toBe(false);
});

test("while incident-response is switched off nothing is waited for, unless an execution still runs", () => {
  const triaged = { ...off, status: "triaged", verdict: null } as const;
  expect(isWorking({ ...triaged, execution: null })).toBe(false);
  expect(isLeftAlone({ ...triaged, execution: null })).toBe(true);
  expect(isWorking({ ...triaged, execution: execution("running") })).toBe(true);
  expect(isLeftAlone({ ...triaged, execution: execution("running") })).toBe(false);
  expect(isLeftAlone({ ...on, status: "triaged", verdict: null, execution: null })).toBe(false);
  expect(isLeftAlone({ ...off, status: "diagnosed", verdict: "likely", execution: null })).toBe(false);
});

test("another investigation can be asked for whenever none waits or runs", () => {
  expect(
    (["pending", "running", "completed", "failed"] as const).map((status) =>
      isRunning({ execution: execution(status) }),
    ),
  ).toEqual([true, true, false, false]);
  expect(isRunning({ execution: null })).toBe(false);
});
