import { expect, test } from "vitest";
import type { Series } from "../../observations/observations.ts";
import { materialityOf } from "./materiality.ts";
import type { SeriesShift } from "./series-shift.ts";

function rise(component: string, usual: number, extreme: number, unit: string | null): SeriesShift {
  const series: Series = {
    ...{ id: component, component, measure: "cpu", metric: "cpu", statistic: null, unit, callee: null },
    ...{ times: new Float64Array(0), values: new Float64Array(0), ref: `test:${component}` },
  };
  const sure = { deviations: 14, sign: 1, strength: 0.7, onsetAt: null, pointsBefore: 60, pointsNow: 3 };
  return { series, ...sure, usual, observed: extreme, extreme };
}

/** Of `cart`, beside three others that stay where they are. */
function materialityIn(unit: string | null, extreme: number): number {
  const others = ["web", "stock", "pay"].map((key) => rise(key, 0.5, 0.5, unit));
  return materialityOf([rise("cart", 0.6, extreme, unit), ...others]).get("cart") ?? 1;
}

test("what rises many times over and stays far below its limit matters little, what comes near the limit wholly", () => {
  expect(materialityIn("%", 6.9)).toBeLessThan(0.5);
  expect(materialityIn("%", 95)).toBeGreaterThan(0.9);
});

test("an amount without a known limit counts beside its peers alone", () => {
  expect(materialityIn(null, 6.9)).toBeGreaterThan(0.9);
});

test("a host counts beside hosts and not beside what runs on them, whatever their metrics are called", () => {
  const host = { kind: "host" as const, isOwned: true, partOf: null };
  const hosts = ["h1", "h2", "h3"].map((key) => ({ key, name: key, ...host }));
  const shifts = [
    rise("h1", 0.02, 0.06, null),
    ...["h2", "h3"].map((key) => rise(key, 0.02, 0.02, null)),
    ...["web", "stock", "pay"].map((key) => rise(key, 1.4, 1.4, null)),
  ];
  expect(materialityOf(shifts, hosts).get("h1")).toBeGreaterThan(0.6);
  expect(materialityOf(shifts).get("h1")).toBeLessThan(0.1);
});
