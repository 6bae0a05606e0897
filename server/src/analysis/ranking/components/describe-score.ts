import type { OwnTrouble, TroubleFamily } from "./attribute-trouble.ts";
import type { SeriesShift } from "./series-shift.ts";

/** Three digits, with a power of ten only where it is needed. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return "nothing";
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e6 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
}

/** What one series did, in a sentence. */
export function describeShift({ series, usual, extreme, deviations, sign }: SeriesShift): string {
  const unit = series.unit === null || series.unit === "1" ? "" : ` ${series.unit}`;
  const name = series.statistic === null ? series.metric : `${series.metric} (${series.statistic})`;
  return `${name} ${sign < 0 ? "fell" : "rose"} from ${figure(usual)} to ${figure(extreme)}${unit}, ${deviations.toFixed(1)} robust standard deviations`;
}

/** How much of the trouble arises in a component, in a sentence. */
export function describeTrouble(family: TroubleFamily, { share, own, excess, shift }: OwnTrouble): string {
  const what = family === "latency" ? "extra waiting time" : "extra failed calls";
  const part = excess > 0 ? Math.round((100 * own) / excess) : 0;
  return `${Math.round(100 * share)} % of all ${what} arises here: ${part} % of its own is not explained by what it calls; ${describeShift(shift)}`;
}
