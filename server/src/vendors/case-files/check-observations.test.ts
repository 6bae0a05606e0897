import { expect, test } from "vitest";
import { plainObservations } from "../../../../test/scenario/plain-observations.ts";
import { checkObservations } from "./check-observations.ts";

const observed = plainObservations({
  components: [{ key: "web" }],
  series: [{ component: "web", measure: "cpu", metric: "cpu", before: 0.3, during: 0.3 }],
});

test("values that nothing can measure are left out and counted", () => {
  const absurd = observed.series.map((one) => ({
    ...one,
    values: one.values.map((value, at) => (at === 0 ? 1e308 : at === 1 ? -1e308 : value)),
  }));
  const checked = checkObservations({ ...observed, series: absurd });
  expect(Array.from(checked.series[0]?.values.slice(0, 2) ?? [])).toEqual([Number.NaN, Number.NaN]);
  expect(checked.gaps.join("\n")).toContain("2 values of metrics were left out");
});

test("a time in which no row lies is told, with what there is", () => {
  const later = { from: observed.incident.to + 3.6e6, to: observed.incident.to + 7.2e6 };
  expect(checkObservations({ ...observed, incident: later }).gaps.join("\n")).toMatch(
    /No row of the metrics lies in the incident \(.*the metrics reach from/,
  );
  expect(checkObservations(observed).gaps).toEqual(observed.gaps);
});
