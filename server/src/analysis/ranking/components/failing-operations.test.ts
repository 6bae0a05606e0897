import { expect, test } from "vitest";
import { plainObservations } from "../../../../../test/scenario/plain-observations.ts";
import type { Observations } from "../../observations/observations.ts";
import { observeTraces } from "../../traces/observe-traces.ts";
import type { TraceSpan } from "../../traces/trace-event.ts";
import { failingOperations } from "./failing-operations.ts";
import { rankComponents } from "./rank-components.ts";

/** Which of the spans of `web` → `cart` → `stock` fail. */
interface Failing {
  readonly web?: boolean;
  readonly call?: boolean;
  readonly cart?: boolean;
  readonly stock?: boolean;
}

function trace(id: number, { web = false, call = false, cart = false, stock = false }: Failing): TraceSpan[] {
  const span = (spanId: string, parentSpanId: string | null, component: string, isError: boolean): TraceSpan => ({
    traceId: String(id),
    spanId,
    parentSpanId,
    component,
    operation: `${component} ${spanId}`,
    startMs: id * 1000,
    durationMs: 10,
    isError,
  });
  return [
    span("a", null, "web", web),
    span("b", "a", "web", call),
    span("c", "b", "cart", cart),
    span("d", "c", "stock", stock),
  ];
}

/** An hour of healthy traces and a quarter of an hour in which every trace fails so. */
function observe(failing: Failing, more: Partial<Parameters<typeof plainObservations>[0]> = {}): Observations {
  const window = (minutes: number, how: Failing) => ({
    minutes,
    spans: Array.from({ length: 10 * minutes }, (_, id) => trace(id, how)).flat(),
    logs: [],
  });
  const plain = plainObservations({
    components: [{ key: "web" }, { key: "cart" }, { key: "stock" }],
    edges: [
      ["web", "cart"],
      ["cart", "stock"],
    ],
    series: [],
    ...more,
  });
  const { operations } = observeTraces(window(60, {}), window(15, failing));
  return { ...plain, operations };
}
const first = (observations: Observations) => rankComponents(observations)[0]?.component;

test("failed spans speak for the deepest component that has them, and for nobody above it", () => {
  const found = failingOperations(observe({ web: true, call: true, cart: true }));
  expect([...found.keys()]).toEqual(["cart"]);
  expect(found.get("cart")).toMatchObject({ method: "failing_operations", ref: "operation:cart/cart c" });
  expect(found.get("cart")?.text).toBe("spans of cart c failed by themselves in 100 %, before in 0 %");
  expect(found.get("cart")?.strength).toBeGreaterThan(0.9);
  expect(first(observe({ web: true, call: true, cart: true }))).toBe("cart");
});

test("a failure below that its caller takes in its stride is the callee's, and a call that was given up while the other worked on is nobody's", () => {
  expect([...failingOperations(observe({ stock: true })).keys()]).toEqual(["stock"]);
  expect(failingOperations(observe({ web: true, call: true })).size).toBe(0);
});

test("errors that the caller measured come to rest at the callee whose spans fail, though nobody measured the callee", () => {
  const series = [
    { component: "web", measure: "traffic" as const, metric: "requests", before: 10, during: 10, statistic: "rate" },
    { component: "web", measure: "errors" as const, metric: "failures", before: 0.05, during: 9 },
  ];
  expect(first(observe({ web: true, call: true, cart: true }, { series }))).toBe("cart");
  expect(first(observe({ web: true }, { series }))).toBe("web");
});

test("spans that fail as often as before say nothing, and without spans nobody is named", () => {
  const { operations, ...rest } = observe({ cart: true });
  const same = operations.map((one) => ({ ...one, baseline: one.incident }));
  expect(failingOperations({ ...rest, operations: same }).size).toBe(0);
  expect(failingOperations({ ...rest, operations: [] }).size).toBe(0);
});
