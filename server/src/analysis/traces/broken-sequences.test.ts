import { expect, test } from "vitest";
import { brokenSequences } from "./broken-sequences.ts";
import type { Execution, ExecutionEvent } from "./executions.ts";

function event(text: string): ExecutionEvent {
  const kind = text.startsWith("call ") ? "call" : "log";
  return { name: text, text, kind, severity: "info", isTrouble: text.includes("failed") };
}

/** Spans of one operation, one a second, each with the events that are named. */
function spans(count: number, from: number, ...events: readonly string[]): Execution[] {
  return Array.from({ length: count }, (_, at) => ({
    component: "cart",
    operation: "POST /checkout",
    startMs: (from + at) * 1_000,
    events: events.map(event),
  }));
}

test("a line that no longer comes for each turn of a loop is missing, though every span still has it", () => {
  const loop = ["ask seat", "got seat", "priced", "ask seat", "got seat", "priced"];
  const cut = ["ask seat", "got seat", "priced", "ask seat", "got seat"];
  const found = brokenSequences(spans(15, 0, ...loop), spans(30, 100, ...cut));
  expect(found.map(({ missing }) => missing)).toEqual(["priced"]);
  expect(found[0]).toMatchObject({
    component: "cart",
    operation: "POST /checkout",
    baselineSpans: 15,
    baselineCount: 15,
    incidentSpans: 30,
    incidentCount: 0,
  });
  expect(["ask seat", "got seat"]).toContain(found[0]?.after);
});

test("more or fewer turns of a loop, and what is tried again, break nothing", () => {
  const before = [...spans(10, 0, "asked", "priced", "asked", "priced"), ...spans(10, 20, "asked", "priced")];
  expect(brokenSequences(before, spans(40, 100, "asked", "priced"))).toEqual([]);
  expect(
    brokenSequences(spans(20, 0, "call stock", "saved"), spans(40, 100, "call stock", "call stock", "saved")),
  ).toEqual([]);
});

test("spans that failed before take nothing from a rule about what follows the event they never reached", () => {
  const before = [...spans(8, 0, "began", "lookup failed"), ...spans(7, 20, "began", "found", "priced")];
  const [found] = brokenSequences(before, spans(30, 100, "began", "found"));
  expect(found).toMatchObject({ after: "found", missing: "priced", baselineSpans: 7, incidentSpans: 30 });
});

test("trouble that begins in the middle of the incident is told from there", () => {
  const fine = ["loaded", "answered"];
  const now = [...spans(50, 100, ...fine), ...spans(20, 200, "loaded")];
  const [found] = brokenSequences(spans(10, 0, ...fine), now);
  expect(found).toMatchObject({
    missing: "answered",
    sinceMs: 200_000,
    baselineSpans: 60,
    baselineCount: 60,
    incidentSpans: 20,
    incidentCount: 0,
  });
  expect(found?.surprise).toBeGreaterThan(30);
});

test("another way through the operation is no sequence that breaks off", () => {
  const before = spans(20, 0, "asked", "priced by weight");
  expect(brokenSequences(before, spans(40, 100, "asked", "priced by size"))).toEqual([]);
});

test("what came only mostly before is no rule, and an operation that was never seen before says nothing", () => {
  const before = [...spans(9, 0, "asked", "cached"), ...spans(3, 20, "asked")];
  expect(brokenSequences(before, spans(40, 100, "asked"))).toEqual([]);
  expect(brokenSequences([], spans(40, 100, "asked"))).toEqual([]);
});
