import { nameOf } from "../../inspections/observed/observed.ts";
import { figure } from "../../inspections/observed/series-shift.ts";
import type { CriticRule } from "./objection.ts";

/** Fewer requests than this in the time of trouble say nothing about shares and percentiles of them. */
const requestsMin = 20;

/** Where hardly anybody used the place where trouble was noticed, its error shares and percentiles are noise. */
export const lowTraffic: CriticRule = ({ observed }) => {
  const { target, incident } = observed.observations;
  if (target === null) return [];
  const traffic = (observed.seriesOf.get(target.component) ?? []).filter(
    ({ series, shift }) =>
      series.measure === "traffic" && series.callee === null && shift.pointsBefore >= 3 && shift.pointsDuring > 0,
  );
  if (traffic.length === 0) return [];
  const seconds = (incident.to - incident.from) / 1000;
  // A rate is of a second; a count is of one step.
  const requests = traffic.reduce(
    (sum, { series, shift }) => sum + shift.during * (series.statistic === "count" ? shift.pointsDuring : seconds),
    0,
  );
  const before = traffic.reduce(
    (sum, { series, shift }) => sum + shift.before * (series.statistic === "count" ? shift.pointsDuring : seconds),
    0,
  );
  // A service that lost its traffic is in trouble; one that never had any can't be judged.
  if (requests >= requestsMin || before >= requestsMin) return [];
  return [
    {
      rule: "low_traffic",
      subject: null,
      effect: "insufficient",
      confidenceMax: 0.4,
      text: `only about ${figure(requests)} requests reached ${nameOf(observed, target.component)} in the time of trouble`,
      missing: "More requests: with so few, shares of errors and percentiles are noise.",
      proposes: null,
    },
  ];
};
