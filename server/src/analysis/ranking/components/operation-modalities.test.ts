import { expect, test } from "vitest";
import type {
  LinkShift,
  LogPattern,
  Observations,
  OperationShift,
  SpanPattern,
} from "../../observations/observations.ts";
import { logNovelty } from "./log-novelty.ts";
import { operationEvents } from "./operation-events.ts";
import { blameLinks, slowLinks } from "./operation-links.ts";
import { scoreEvents } from "./operation-modalities.ts";
import { brokenOff } from "./operation-sequences.ts";
import { slowOperations } from "./operation-time.ts";

function observe(part: Partial<Observations>): Observations {
  return {
    baseline: { from: 0, to: 600_000 },
    incident: { from: 600_000, to: 900_000 },
    target: null,
    components: ["web", "cart", "stock"].map((key) => ({
      key,
      name: key,
      kind: "service",
      isOwned: true,
      partOf: null,
    })),
    edges: [
      { from: "web", to: "cart" },
      { from: "cart", to: "stock" },
    ],
    series: [],
    logs: [],
    operations: [],
    changes: [],
    gaps: [],
    ...part,
  };
}

function event(
  component: string,
  text: string,
  before: number,
  now: number,
  more: Partial<SpanPattern> = {},
): SpanPattern {
  return {
    component,
    operation: "op",
    kind: "log",
    event: text,
    severity: "info",
    baselineSpans: 40,
    baselineCount: before,
    incidentSpans: 80,
    incidentCount: now,
    ref: `span:${component}/${text}`,
    ...more,
  };
}

const link = (from: string, to: string, before: number, now: number): LinkShift => ({
  from,
  to,
  baseline: { count: 20, medianMs: before, p95Ms: before },
  incident: { count: 20, medianMs: now, p95Ms: now },
  ref: `link:${from}/${to}`,
});

const strengths = (found: ReadonlyMap<string, { strength: number }>) =>
  [...found].sort((a, b) => b[1].strength - a[1].strength).map(([key]) => key);

test("a line that belonged to an operation and is gone speaks for its component", () => {
  const found = operationEvents(observe({ spanPatterns: [event("cart", "saved cart", 40, 30)] }));
  expect(found.get("cart")?.strength).toBeGreaterThan(0.3);
  expect(found.get("cart")?.text).toBe("Missing in op: “saved cart”, in 40 of 40 of its spans before, 30 of 80 now");
});

test("a line that another known one takes the place of, the same with another word, and trouble that ended speak for nobody", () => {
  const other = [event("cart", "chose branch one", 35, 20), event("cart", "went the second way", 5, 60)];
  expect(operationEvents(observe({ spanPatterns: other })).size).toBe(0);
  const word = [event("cart", "train type is Fast", 40, 40), event("cart", "train type is Slow", 0, 40)];
  expect(operationEvents(observe({ spanPatterns: word })).size).toBe(0);
  const ended = [event("cart", "request failed", 30, 0, { severity: "error" })];
  expect(operationEvents(observe({ spanPatterns: ended })).size).toBe(0);
});

test("what callees show too is theirs before it is the caller's", () => {
  const failing = (component: string) => event(component, "order failed", 0, 60, { severity: "error" });
  const found = scoreEvents(observe({ spanPatterns: ["web", "cart", "stock"].map(failing) }));
  const strength = (component: string) => found.get(component)?.[0]?.part.strength ?? 0;
  expect(strength("stock")).toBeGreaterThan(0.5);
  expect(strength("web")).toBeLessThan(strength("stock") / 2);
});

test("a call that is no longer made, and a line about another component, say little of their own", () => {
  const gone = event("cart", "stock GET /reserve", 40, 30);
  const line = operationEvents(observe({ spanPatterns: [gone] })).get("cart")?.strength ?? 0;
  const call = operationEvents(observe({ spanPatterns: [{ ...gone, kind: "call" }] })).get("cart")?.strength ?? 0;
  expect(call).toBeLessThan(line / 2);
  const reports = (text: string) =>
    operationEvents(observe({ spanPatterns: [event("cart", text, 0, 60, { severity: "error" })] })).get("cart")
      ?.strength ?? 0;
  expect(reports("call to stock failed")).toBeLessThan(reports("division by zero") / 2);
});

test("slow links are told from the end that all of them share", () => {
  const links = [
    link("web", "cart", 2, 900),
    link("pay", "cart", 2, 900),
    link("web", "pay", 3, 3),
    link("cart", "stock", 2, 2),
  ];
  const found = slowLinks(observe({ links }));
  expect([...found.keys()]).toEqual(["cart"]);
  expect(found.get("cart")?.strength).toBeGreaterThan(0.5);
});

test("calls are slow on their way by reason of the end that their links share: the callee, or their caller", () => {
  const quick = [link("x", "y", 2, 2), link("y", "z", 3, 3), link("z", "x", 2, 2)];
  const behind = blameLinks(observe({ links: [link("web", "cart", 2, 900), link("web", "pay", 3, 3), ...quick] }));
  expect(behind.onTheWay("web", "cart")).toBeGreaterThan(0.5);
  expect(behind.onTheWay("web", "pay")).toBe(0);
  const before = blameLinks(
    observe({ links: [...["cart", "pay", "fees"].map((to) => link("web", to, 2, 900)), ...quick] }),
  );
  expect(before.onTheWay("web", "cart")).toBe(0);
});

test("links that all became slower alike tell of a load, and of no component", () => {
  const links = ["a", "b", "c", "d"].map((to) => link("web", to, 2, 8));
  expect(slowLinks(observe({ links })).size).toBe(0);
});

test("own work that takes longer counts by how much is lost, not by how many times", () => {
  const operation = (component: string, before: number, now: number): OperationShift => {
    const side = (ms: number) => ({ count: 50, perMinute: 50, errorShare: 0, medianMs: ms, p95Ms: ms, selfMs: ms });
    return { component, operation: "op", baseline: side(before), incident: side(now), ref: `operation:${component}` };
  };
  const found = slowOperations(observe({ operations: [operation("cart", 20, 200), operation("stock", 0.1, 1.5)] }));
  expect(strengths(found)).toEqual(["cart", "stock"]);
  expect(found.get("stock")?.strength).toBeLessThan(0.02);
});

test("new lines of trouble speak for who writes them, unless they name another: then for that one", () => {
  const pattern = (component: string, template: string, now: number): LogPattern => ({
    component,
    templateId: template,
    template,
    severity: "error",
    baselinePerMinute: 0,
    incidentPerMinute: now,
    firstAt: null,
    example: template,
    ref: `log:${component}`,
  });
  const named = logNovelty(observe({ logs: [pattern("web", "could not reach stock: refused", 10)] }));
  expect(strengths(named)).toEqual(["stock", "web"]);
  expect(named.get("stock")?.method).toBe("log_mention");
  expect(strengths(logNovelty(observe({ logs: [pattern("web", "restock failed", 10)] })))).toEqual(["web"]);
  const flooded = logNovelty(observe({ logs: [pattern("web", "rejected: queue full", 10)] })).get("web")?.strength ?? 1;
  expect(flooded).toBeLessThan(0.5);
  expect(logNovelty(observe({ logs: [{ ...pattern("web", "ready", 10), severity: "info" }] })).size).toBe(0);
});

test("sequences that break off speak for their component the more spans break, and a call that is not made for it less than a line", () => {
  const broken = (kind: "log" | "call", kept: number) => {
    const sequence = {
      ...{ component: "cart", operation: "op", after: "got seat", missing: "priced", kind, sinceMs: 600_000 },
      ...{ baselineSpans: 20, baselineCount: 20, incidentSpans: 40, incidentCount: kept, surprise: 25 },
      ref: "sequence:cart",
    };
    return brokenOff(observe({ brokenSequences: [sequence] })).get("cart");
  };
  expect(broken("log", 0)?.strength).toBeGreaterThan(0.6);
  expect(broken("log", 0)?.text).toBe(
    "Breaks off in op: “priced” came as often as “got seat” in 20 of 20 of its spans before, in 0 of 40 since",
  );
  expect(broken("log", 30)?.strength ?? 1).toBeLessThan((broken("log", 0)?.strength ?? 0) / 2);
  expect(broken("call", 0)?.strength ?? 1).toBeLessThan((broken("log", 0)?.strength ?? 0) / 2);
});

test("nothing seen speaks for nobody", () => {
  for (const look of [operationEvents, brokenOff, slowLinks, slowOperations, logNovelty])
    expect(look(observe({})).size).toBe(0);
});
