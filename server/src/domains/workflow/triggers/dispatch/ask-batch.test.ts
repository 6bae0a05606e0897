import { expect, test } from "vitest";
import { newId } from "../../../../platform/ids/ids.ts";
import type { StoredCandidate } from "../load-candidates.ts";
import { type AskLimits, askBatch } from "./ask-batch.ts";
import type { WaitingEvent } from "./waiting-events.ts";

const context = { projectId: newId(), incidents: new Map(), handsOff: [] };
const limits: AskLimits = { batchMs: 60_000, eventMs: 60_000, stretchMs: 10, timeoutsMax: 3 };
/** Runs into its time limit on `list`. */
const SLOW = "event.list.all(a, event.list.all(b, event.list.all(c, a + b + c >= 0)))";
const list = Array.from({ length: 400 }, (_, index) => index);

const events = (count: number): WaitingEvent[] =>
  Array.from({ length: count }, (_, n) => ({
    event_id: newId(),
    event_type: "push",
    subject: null,
    payload: { n, list },
    incident_id: null,
    created_at: new Date(),
    project_name: "shop",
  }));

const workflow = (name: string, conditions: readonly (string | undefined)[], more: Partial<StoredCandidate> = {}) => ({
  workflowId: newId(),
  name,
  version: 1,
  status: "active" as const,
  inputs: {},
  triggers: conditions.map((condition) => ({
    triggerId: newId(),
    isEnabled: true,
    trigger: { type: "event" as const, events: ["push"], ...(condition === undefined ? {} : { if: condition }) },
  })),
  ...more,
});

test("a condition that uses up its time fails with that reason; at the fourth event of a batch it is not asked", async () => {
  const slow = workflow("a slow", [SLOW]);
  const quick = workflow("b quick", ["event.n >= 0"]);
  const { asked, events: count, workedMs } = await askBatch(events(40), [slow, quick], context, limits);
  expect(count).toBe(40);
  expect(workedMs).toBeLessThan(3_000);
  const rows = asked.flatMap((one) => one.rows);
  const slowRows = rows.filter(({ workflowId }) => workflowId === slow.workflowId);
  expect(slowRows).toHaveLength(40);
  for (const row of slowRows) expect(row).toMatchObject({ outcome: "did_not_run", details: { condition: SLOW } });
  for (const { reason } of slowRows.slice(0, 3))
    expect(reason).toBe("Its condition failed: it took longer than 250 ms.");
  for (const { reason } of slowRows.slice(3))
    expect(reason).toBe(
      "Its condition failed: it was not asked, because conditions of this workflow used up their 250 ms at 3 events of this batch.",
    );
  const quickRows = rows.filter(({ workflowId }) => workflowId === quick.workflowId);
  expect(quickRows.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 40 }, () => "ran"));
});

test("a slow workflow that is switched off counts as well, though the ledger tells nothing of it", async () => {
  const off = workflow("off", [SLOW], { status: "inactive" });
  const { asked, workedMs } = await askBatch(events(30), [off], context, limits);
  expect(asked.flatMap((one) => one.rows)).toEqual([]);
  expect(workedMs).toBeLessThan(3_000);
});

test("the conditions of one workflow share the time that it has for an event", async () => {
  const many = workflow("many", [...Array.from({ length: 20 }, () => SLOW), undefined]);
  const { asked, workedMs } = await askBatch(events(1), [many], context, limits);
  expect(workedMs).toBeLessThan(2_000);
  // The last trigger asks nothing, so it runs.
  expect(asked.flatMap((one) => one.rows).map(({ outcome }) => outcome)).toEqual(["ran"]);
  const slowOnly = workflow("slow only", [SLOW, SLOW]);
  const { asked: told } = await askBatch(events(1), [slowOnly], context, limits);
  expect(told.flatMap((one) => one.rows).map(({ reason }) => reason)).toEqual([
    "Its condition failed: it took longer than 250 ms.",
    "Its condition failed: it was not asked, because the workflow's conditions before it used up the 250 ms that they have for an event.",
  ]);
});

test("a batch ends at the event at which its time is over, which then waits whole; the first is always answered", async () => {
  const workflows = [workflow("a", [SLOW]), workflow("b", [SLOW]), workflow("c", [undefined])];
  const first = await askBatch(events(10), workflows, context, { ...limits, batchMs: 1 });
  expect(first.events).toBe(1);
  expect(first.asked).toHaveLength(3);
  const second = await askBatch(events(10), workflows, context, { ...limits, batchMs: 600 });
  expect(second.events).toBe(1);
  expect(second.asked).toHaveLength(3);
});

test("at the first event, conditions that are left when its time is over fail with that reason", async () => {
  const workflows = [workflow("a", [SLOW]), workflow("b", ["event.n == 0"]), workflow("c", [undefined])];
  const { asked } = await askBatch(events(1), workflows, context, { ...limits, batchMs: 1, eventMs: 100 });
  expect(asked.flatMap((one) => one.rows).map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ["did_not_run", "Its condition failed: it took longer than 250 ms."],
    [
      "did_not_run",
      "Its condition failed: it was not asked, because the workflows before it took more than 100 ms for this event.",
    ],
    ["ran", "The event is push."],
  ]);
});

test("others get their turn while a batch is asked", async () => {
  let turns = 0;
  let isAsking = true;
  const count = () => {
    turns += 1;
    if (isAsking) setImmediate(count);
  };
  setImmediate(count);
  // Some milliseconds each, none near its limit.
  const workflows = Array.from({ length: 10 }, (_, n) =>
    workflow(`w${n}`, [`event.list.all(a, a in event.list) && ${n} >= 0`]),
  );
  const { workedMs, events: asked } = await askBatch(events(60), workflows, context, limits);
  isAsking = false;
  expect(asked).toBe(60);
  expect(turns).toBeGreaterThan(workedMs / 50);
});
