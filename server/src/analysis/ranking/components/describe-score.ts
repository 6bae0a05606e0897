import type { OperationShift, OperationStatistics } from "../../observations/observations.ts";
import type { ComponentTrouble, Trouble } from "./component-trouble.ts";
import type { SeriesShift } from "./series-shift.ts";

/** Three digits, with a power of ten only where it is needed. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return "nothing";
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e6 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
}

/** How far something moved, in the same words wherever it is told. */
export function deviationsText(deviations: number): string {
  return `${deviations >= 100 ? "over 100" : deviations.toFixed(1)} robust standard deviations`;
}

/** What one series did, in a sentence. */
export function describeShift({ series, usual, observed, extreme, deviations, sign }: SeriesShift): string {
  const unit = series.unit === null || series.unit === "1" ? "" : ` ${series.unit}`;
  const name = series.statistic === null ? series.metric : `${series.metric} (${series.statistic})`;
  return `${name} ${sign < 0 ? "fell" : "rose"} from a median of ${figure(usual)} to one of ${figure(observed)}${unit} (worst tenth ${figure(extreme)}), ${deviationsText(deviations)}`;
}

/** How often the spans of an operation failed, in a sentence. */
export function describeFailures({ operation, baseline, incident }: OperationShift, which: "all" | "own"): string {
  const share = (side: OperationStatistics) =>
    `${Number((100 * (which === "own" ? (side.ownErrorShare ?? side.errorShare) : side.errorShare)).toPrecision(3))} %`;
  return `spans of ${operation} failed${which === "own" ? " by themselves" : ""} in ${share(incident)}, before in ${share(baseline)}`;
}

/** How much of the trouble with calls comes to rest at a component, in a sentence. */
export function describeTrouble(rests: number, passes: number, trouble: ComponentTrouble | undefined): string {
  const parts = [`${Math.round(100 * rests)} % of the trouble with calls arises here`];
  if (passes > rests + 0.005)
    parts.push(
      `${Math.round((100 * (passes - rests)) / passes)} % of what comes this way is explained by what it calls`,
    );
  const worst = worstOf(trouble);
  if (worst?.shift != null) parts.push(describeShift(worst.shift));
  else if (worst?.operation != null) parts.push(describeFailures(worst.operation, "all"));
  return parts.join("; ");
}

/** The trouble with calls that is surest none of chance, which the sentence tells and the reference names; null where none is. */
export function worstOf(trouble: ComponentTrouble | undefined): Trouble | null {
  return (
    [trouble?.latency, trouble?.failures]
      .flatMap((one) => (one == null || one.significance < 0.1 ? [] : [one]))
      .sort((a, b) => b.significance - a.significance)[0] ?? null
  );
}
