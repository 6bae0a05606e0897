import { expect, test } from "vitest";
import { type PlainSeries, plainObservations } from "../../../../../test/scenario/plain-observations.ts";
import { rankComponents } from "./rank-components.ts";

type Level = readonly [before: number, during: number];

const seen = (component: string, callee: string, [before, during]: Level): PlainSeries => ({
  component,
  callee,
  measure: "latency",
  metric: "client_duration_seconds",
  before,
  during,
});

const own = (component: string, [before, during]: Level): PlainSeries[] => [
  { component, measure: "latency", metric: "duration_seconds", before, during },
  { component, measure: "traffic", metric: "requests", before: 100, during: 100 },
];

/** `web` calls `cart`, which calls a cache that measures nothing of itself, and a database and a service that do. */
function cartSlow(calls: { readonly store: Level; readonly fees: Level; readonly feesItself?: Level }) {
  return rankComponents(
    plainObservations({
      components: [
        { key: "web" },
        { key: "cart" },
        { key: "cart-cache", kind: "cache" },
        { key: "cart-store", kind: "database" },
        { key: "fees" },
      ],
      edges: [
        ["web", "cart"],
        ["cart", "cart-cache"],
        ["cart", "cart-store"],
        ["cart", "fees"],
      ],
      series: [
        ...own("web", [0.2, 1.6]),
        ...own("cart", [0.1, 1.5]),
        ...own("cart-store", [0.01, 0.01]),
        ...own("fees", calls.feesItself ?? [0.03, 0.03]),
        seen("cart", "cart-cache", [0.002, 0.5]),
        seen("cart", "cart-store", calls.store),
        seen("cart", "fees", calls.fees),
      ],
    }),
  );
}

const scoreOf = (scores: ReturnType<typeof cartSlow>, key: string) =>
  scores.find(({ component }) => component === key)?.score ?? 0;

test("who finds slow all that it calls, though these are well by their own measure, is named and not the one that measures nothing", () => {
  const scores = cartSlow({ store: [0.01, 0.5], fees: [0.03, 0.53] });
  expect(scores[0]?.component).toBe("cart");
});

test("who finds one alone slow is believed about it", () => {
  const scores = cartSlow({ store: [0.01, 0.01], fees: [0.03, 0.03] });
  expect(scores[0]?.component).toBe("cart-cache");
});

test("a second slow callee that says so itself takes nothing from the word of its caller", () => {
  const denied = cartSlow({ store: [0.01, 0.01], fees: [0.03, 0.53] });
  const borne = cartSlow({ store: [0.01, 0.01], fees: [0.03, 0.53], feesItself: [0.03, 0.53] });
  expect(scoreOf(borne, "cart")).toBeLessThan(scoreOf(denied, "cart"));
});
