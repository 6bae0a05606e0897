import { nameOf } from "../../inspections/observed/observed.ts";
import { type CriticRule, unlikelyMax } from "./objection.ts";

const steadyBelow = 3;
const valuesMin = 6;

/**
 * Where the place at which trouble was noticed shows none by any of its own series, nothing is called the likely cause of it: whatever is unusual elsewhere did
 * not reach it.
 */
export const targetUnmoved: CriticRule = ({ observed }) => {
  const { target } = observed.observations;
  if (target === null || observed.scoreOf.get(target.component) === observed.scores[0]) return [];
  const own = (observed.seriesOf.get(target.component) ?? []).filter(
    ({ series, shift }) =>
      series.measure !== "other" && shift.pointsBefore >= valuesMin && shift.pointsDuring >= valuesMin,
  );
  const calls = own.filter(({ series }) => ["latency", "errors", "availability"].includes(series.measure));
  if (calls.length === 0 || own.some(({ harm }) => harm >= steadyBelow)) return [];
  return [
    {
      rule: "target_unmoved",
      subject: null,
      effect: "downgraded",
      confidenceMax: unlikelyMax,
      text: `all ${own.length} series of ${nameOf(observed, target.component)}, where trouble was noticed, stayed within the usual`,
      missing: null,
      proposes: null,
    },
  ];
};
