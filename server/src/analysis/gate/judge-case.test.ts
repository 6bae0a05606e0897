import { type GatePolicy, gatePolicySchema } from "@culprit/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GateCase, type GateTrigger, gatePaths } from "./gate-case.ts";
import { judgeCase } from "./judge-case.ts";

const NOW = Date.parse("2026-06-01T12:00:00Z");
const MINUTE = 60_000;
const policyOf = (parts: Partial<Record<keyof GatePolicy, unknown>> = {}): GatePolicy => gatePolicySchema.parse(parts);
const trigger = (parts: Partial<GateTrigger> = {}): GateTrigger => ({
  ...{ type: "error_rate_spike", text: "12 % of the requests fail.", lastedMs: 5 * MINUTE, isOver: false },
  ...{ requestsPerMinute: 600, trafficRatio: 1, errorRatio: 0.12, cpuRatio: null },
  ...parts,
});
const telemetry = (parts: Partial<GateCase> = {}): GateCase => ({
  ...{ source: "telemetry", severity: "high", beganAt: NOW - 5 * MINUTE, decidedAt: NOW, trigger: trigger() },
  ...{ changes: [], maintenance: null, duplicateOf: null, recoveries: 0, slowRequests: null },
  ...parts,
});
const error = (parts: Partial<GateCase> = {}): GateCase => telemetry({ source: "errors", trigger: null, ...parts });
const deployment = { kind: "deployment", id: "d", at: NOW - 9 * MINUTE, title: "revision 1a2b3c4" } as const;
const judge = (one: GateCase, parts: Parameters<typeof policyOf>[0] = {}) => judgeCase(one, policyOf(parts));

describe("deploy correlation", () => {
  test("a change in the 15 minutes before strengthens: it is named in the rationale, and less patience is needed", () => {
    const young = telemetry({ trigger: trigger({ lastedMs: 70_000 }) });
    expect(judge({ ...young, changes: [deployment] })).toMatchObject({
      decision: "approved",
      rule: "change_nearby",
      rationale: expect.stringContaining("Revision 1a2b3c4 came 4 min before."),
    });
    const atOnce = { ...deployment, at: young.beganAt - 300 };
    expect(judge({ ...young, changes: [atOnce] }).rationale).toContain("Revision 1a2b3c4 came just before.");
    expect(judge(young)).toMatchObject({ decision: "wait", rule: "persistence" });
  });

  test("the strict rule of the document: with is_change_required nothing is approved without a change", () => {
    const strict = { is_change_required: true };
    expect(judge(telemetry(), strict)).toMatchObject({ decision: "suppressed", rule: "change_required" });
    expect(judge(telemetry({ changes: [deployment] }), strict)).toMatchObject({ decision: "approved" });
    expect(judge(error(), strict)).toMatchObject({ decision: "approved" });
  });
});

describe("the persistence window", () => {
  test("what has not lasted yet waits for just as long as is missing", () => {
    expect(judge(telemetry({ trigger: trigger({ lastedMs: 100_000 }) }))).toMatchObject({
      decision: "wait",
      waitMs: 80_000,
    });
    expect(judge(telemetry({ trigger: trigger({ lastedMs: 180_000 }) }))).toMatchObject({ decision: "approved" });
  });

  test("what went away before is suppressed with how long it lasted", () => {
    expect(judge(telemetry({ trigger: trigger({ lastedMs: 100_000, isOver: true }) }))).toMatchObject({
      decision: "suppressed",
      rationale: "It lasted 100 s and is over; 3 min are asked for without a change nearby.",
    });
  });

  test("a crash loop has lasted by what it is", () => {
    expect(
      judge(telemetry({ trigger: trigger({ type: "crashloop", lastedMs: 1000, requestsPerMinute: 0 }) })),
    ).toMatchObject({
      decision: "approved",
    });
  });
});

test("the traffic floor: below ten requests a minute nothing is approved, and the rationale says how many came", () => {
  expect(judge(telemetry({ trigger: trigger({ requestsPerMinute: 4 }) }))).toMatchObject({
    decision: "suppressed",
    rule: "traffic",
    rationale: expect.stringContaining("4 requests a minute are below the floor of 10"),
  });
});

describe("slow requests", () => {
  const slow = (slowRequests: number, parts: Partial<GateCase> = {}) =>
    telemetry({ severity: "medium", trigger: null, slowRequests, ...parts });

  test("one or two are no failure: suppressed, with the number that is asked for", () => {
    expect(judge(slow(1))).toMatchObject({
      decision: "suppressed",
      rule: "latency",
      rationale:
        "1 request of this route was slow within 15 min; 3 are asked for without a change nearby. It is judged again when more are slow.",
    });
    expect(judge(slow(2))).toMatchObject({ decision: "suppressed", rule: "latency" });
  });
  test("three are, and two are with a change nearby", () => {
    expect(judge(slow(3))).toMatchObject({
      decision: "approved",
      rule: "new_failure",
      rationale: "3 requests of this route were slow within 15 min.",
    });
    expect(judge(slow(2, { changes: [deployment] }))).toMatchObject({
      decision: "approved",
      rule: "change_nearby",
      rationale: expect.stringContaining("Revision 1a2b3c4 came 4 min before."),
    });
    expect(judge(slow(1, { changes: [deployment] }))).toMatchObject({
      rationale: expect.stringContaining("2 are asked for after a change."),
    });
  });
  test("a policy has its own numbers, and asks for no more with a change than without", () => {
    const latency = { requests_min: 1, window_s: 60 };
    expect(judge(slow(1), { latency })).toMatchObject({ decision: "approved" });
    expect(judge(slow(1, { changes: [deployment] }), { latency })).toMatchObject({ decision: "approved" });
  });
});

describe("known flakiness", () => {
  const flaky = telemetry({ recoveries: 3 });
  test("what came and went away by itself three times in a week is suppressed", () => {
    expect(judge(flaky)).toMatchObject({ decision: "suppressed", rule: "flakiness" });
    expect(judge({ ...flaky, recoveries: 2 })).toMatchObject({ decision: "approved" });
  });
  test("a change nearby, a critical severity, or half an hour of it is news all the same", () => {
    expect(judge({ ...flaky, changes: [deployment] })).toMatchObject({ decision: "approved" });
    expect(judge({ ...flaky, severity: "critical" })).toMatchObject({ decision: "approved" });
    expect(judge({ ...flaky, trigger: trigger({ lastedMs: 30 * MINUTE }) })).toMatchObject({ decision: "approved" });
  });
  test("an SDK's error is none of it", () => {
    expect(judge(error({ recoveries: 9 }))).toMatchObject({ decision: "approved" });
  });
});

test("maintenance: what begins in an announced window is suppressed with its reason, SDK errors are not unless the policy says so", () => {
  const maintenance = { reason: "moving the database", endsAt: NOW + 60 * MINUTE };
  expect(judge(telemetry({ maintenance }))).toMatchObject({
    decision: "suppressed",
    rationale: "It began during maintenance (moving the database), which is announced until 2026-06-01T13:00:00.000Z.",
  });
  expect(judge(error({ maintenance }))).toMatchObject({ decision: "approved" });
  expect(judge(error({ maintenance }), { maintenance: { sources: ["errors"] } })).toMatchObject({
    decision: "suppressed",
  });
});

test("duplicates: telemetry of a service whose incident is looked after is another view of it", () => {
  const duplicateOf = { incidentId: "inc_1", title: "TypeError: x" };
  expect(judge(telemetry({ duplicateOf }))).toMatchObject({
    decision: "suppressed",
    rule: "duplicate",
    rationale: expect.stringContaining("inc_1 (TypeError: x)"),
  });
  expect(judge(error({ duplicateOf }))).toMatchObject({ decision: "approved" });
});

test("an SDK's new failure is approved as ever, and what is sent as information is suppressed, whatever its source", () => {
  expect(judge(error())).toMatchObject({ decision: "approved", rationale: "A new failure of severity high." });
  expect(judge(error({ severity: "low" }))).toMatchObject({ decision: "suppressed", rule: "information" });
  expect(judge(telemetry({ severity: "low" }))).toMatchObject({ decision: "suppressed", rule: "information" });
});

describe("demand growth is told from defect", () => {
  const slow = (parts: Partial<GateTrigger>) =>
    telemetry({ trigger: trigger({ type: "p99_regression", errorRatio: 0.001, ...parts }) });

  test("traffic up and errors normal is capacity: approved, and no model is asked", () => {
    expect(judge(slow({ trafficRatio: 1.5 }))).toMatchObject({
      decision: "approved",
      path: "capacity",
      allowModel: false,
    });
  });
  test("with more processor time it is demand, which a policy may suppress", () => {
    const viral = slow({ trafficRatio: 1.5, cpuRatio: 1.6 });
    expect(judge(viral).rationale).toContain(
      "Traffic is 50 % above what is usual, errors are normal and processor time is 60 % above what is usual: demand, no defect.",
    );
    expect(judge(viral, { demand: { action: "suppress" } })).toMatchObject({ decision: "suppressed", rule: "demand" });
    expect(judge(slow({ trafficRatio: 1.5 }), { demand: { action: "suppress" } })).toMatchObject({
      decision: "approved",
    });
  });
  test("usual traffic and trouble is code or configuration", () => {
    expect(judge(slow({ trafficRatio: 1.1 }))).toMatchObject({ path: "code_or_config", allowModel: true });
    expect(judge(telemetry())).toMatchObject({ path: "code_or_config" });
  });
  test("both up is a perfect storm", () => {
    expect(judge(telemetry({ trigger: trigger({ trafficRatio: 2 }) }))).toMatchObject({
      path: "perfect_storm",
      allowModel: true,
    });
  });
  test("without a history of traffic nothing is claimed", () => {
    expect(judge(slow({ trafficRatio: null }))).toMatchObject({ decision: "approved", path: "unknown" });
  });
});

test("whatever a case holds, it is approved, suppressed or waits, with a reason; and only live telemetry waits", () => {
  const numbers = fc.option(fc.double({ min: 0, max: 1e5, noNaN: true }), { nil: null });
  const cases = fc.record({
    source: fc.constantFrom("telemetry", "alert", "kubernetes", "errors"),
    severity: fc.constantFrom("critical", "high", "medium", "low"),
    beganAt: fc.integer({ min: NOW - 1e8, max: NOW }),
    decidedAt: fc.constant(NOW),
    trigger: fc.option(
      fc.record({
        type: fc.constantFrom("error_rate_spike", "p99_regression", "crashloop", "custom"),
        text: fc.string(),
        lastedMs: fc.integer({ min: 0, max: 1e7 }),
        isOver: fc.boolean(),
        ...{ requestsPerMinute: numbers, trafficRatio: numbers, errorRatio: numbers, cpuRatio: numbers },
      }),
      { nil: null },
    ),
    changes: fc.constantFrom([], [deployment]),
    maintenance: fc.constantFrom(null, { reason: "m", endsAt: NOW }),
    duplicateOf: fc.constantFrom(null, { incidentId: "i", title: "t" }),
    recoveries: fc.nat({ max: 10 }),
    slowRequests: fc.option(fc.nat({ max: 10 }), { nil: null }),
  });
  fc.assert(
    fc.property(cases, fc.boolean(), (one, strict) => {
      const verdict = judge(one as GateCase, { is_change_required: strict });
      expect(verdict.rationale).not.toBe("");
      expect(gatePaths).toContain(verdict.path);
      if (verdict.decision !== "wait") return;
      expect(one.trigger?.isOver).toBe(false);
      expect(verdict.waitMs).toBeGreaterThan(0);
    }),
  );
});
