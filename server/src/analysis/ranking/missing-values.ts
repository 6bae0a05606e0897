import { nameOf, type Observed, type ShiftedSeries } from "../inspections/observed/observed.ts";
import { lostTelemetry } from "./components/lost-telemetry.ts";

const namedMax = 3;

/** What can't be said for want of values, each a sentence: telemetry that was lost, the place of the trouble unmeasured, series that are empty. */
export function missingValues(observed: Observed): string[] {
  const { observations, seriesOf } = observed;
  const sentences: string[] = [];
  const told = new Set<string>();
  for (const component of lostTelemetry(observations)) {
    told.add(component);
    sentences.push(
      `The telemetry of ${nameOf(observed, component)} stopped while its callers went on to measure calls to it: whether it is well can't be told from its own series.`,
    );
  }
  const empty = [...seriesOf.values()]
    .flat()
    .filter(({ shift }) => shift.pointsBefore === 0 || shift.pointsDuring === 0);
  const target = empty.find(({ series }) => series.id === observations.target?.seriesId);
  if (target !== undefined)
    sentences.push(
      `${labelOf(observed, target)}, where the trouble was noticed, has no value ${target.shift.pointsDuring === 0 ? "in the time of trouble" : "from before the trouble"}: how it behaved there is not known.`,
    );
  const rest = empty.filter((one) => one !== target && !told.has(one.series.component));
  if (rest.length > 0)
    sentences.push(
      `${rest.length} series ${rest.length === 1 ? "has" : "have"} no value before or in the time of trouble: ${rest
        .slice(0, namedMax)
        .map((one) => labelOf(observed, one))
        .join(", ")}${rest.length > namedMax ? " and others" : ""}.`,
    );
  return sentences;
}

function labelOf(observed: Observed, { series }: ShiftedSeries): string {
  return `${series.metric}${series.statistic === null ? "" : ` (${series.statistic})`} of ${nameOf(observed, series.component)}`;
}
