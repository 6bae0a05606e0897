import { stepOf } from "./change-proximity.ts";
import { nameOf, type Observed, type ShiftedSeries, seriesEvidence } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";
import { strengthOf } from "./series-shift.ts";

/** More requests than this share above the usual is a surge. */
const surgeShare = 0.3;
/** Alerts are late: a surge may begin so long before the window does. */
const earlyMs = 15 * 60_000;

/** What traffic and errors say together. */
export interface DemandPath {
  readonly path: "demand" | "defect" | "perfect_storm" | "neither";
  readonly entry: string | null;
  readonly traffic: ShiftedSeries | null;
  readonly cpu: ShiftedSeries | null;
  readonly errors: ShiftedSeries | null;
  /** It grew before anything was in trouble, or with it. */
  readonly isFirst: boolean;
}

/**
 * Tells a surge of demand from a defect: traffic up by more than 30 % at the entry with processors busier and errors as usual is demand; traffic as
 * usual with errors up is code or configuration; both is a perfect storm.
 */
export function demandPath(observed: Observed): DemandPath {
  const traffic = surgeOf(observed);
  const entry = traffic?.series.component ?? null;
  const strongest = (list: readonly ShiftedSeries[], by: (one: ShiftedSeries) => number) =>
    list.reduce<ShiftedSeries | null>((best, one) => (best === null || by(one) > by(best) ? one : best), null);
  const all = [...observed.seriesOf.values()].flat();
  const cpu = strongest(
    all.filter(({ series, shift }) => series.measure === "cpu" && shift.ratio !== null && shift.ratio > 1.15),
    ({ harm }) => harm,
  );
  const errors = strongest(
    all.filter(({ series, harm }) => (series.measure === "errors" || series.measure === "availability") && harm > 4),
    ({ harm }) => harm,
  );
  const isSurge = traffic !== null && traffic.shift.z > 3 && (traffic.shift.ratio ?? 0) > 1 + surgeShare;
  if (!isSurge) return { path: errors === null ? "neither" : "defect", entry, traffic, cpu, errors, isFirst: false };
  const isBusy = cpu !== null && cpu.harm > 3;
  // Who is overrun fails in the end: what counts is which came first. Errors as many as the requests grew are no further cause.
  const errorsAt = observed.onsetAt;
  const rose = roseAt(traffic, observed);
  const isFirst = rose !== null && rose.after <= errorsAt + 2 * stepOf(observed);
  const isDefect = errors !== null && !scalesWith(errors, traffic) && !isFirst;
  return {
    path: isDefect || !(isBusy || isFirst || errors === null) ? "perfect_storm" : "demand",
    entry,
    traffic,
    cpu,
    errors,
    isFirst,
  };
}

/** From this much above the usual on traffic has risen, or from a quarter of the way up to where it stayed. */
const risenShare = 0.2;
const risenWay = 0.25;

/**
 * When demand rose: after one value and by the next, since a rate tells of the time before it. By how far it came, or by standard deviations where these see it sooner: a day's swing can
 * make them so wide that they see a surge minutes after everybody else. Two of the three values from then on must be as high. Null where it did not rise.
 */
export function roseAt(
  { series, shift }: ShiftedSeries,
  { observations: { incident } }: Observed,
): { readonly after: number; readonly by: number } | null {
  const ratio = shift.ratio ?? 1;
  const level = shift.before * Math.max(1 + risenShare, ratio ** risenWay);
  if (!(ratio > 1 + risenShare)) return null;
  const known = [...series.times]
    .map((time, at) => ({ time, isUp: (series.values[at] ?? Number.NaN) >= level, value: series.values[at] }))
    .filter(({ time, value }) => Number.isFinite(value) && time < incident.to);
  const at = known.findIndex(
    ({ time, isUp, value = 0 }, index) =>
      (time === shift.onsetAt && value > shift.before) ||
      (time >= incident.from - earlyMs &&
        isUp &&
        known.slice(index + 1, index + 4).filter((one) => one.isUp).length >= Math.min(2, known.length - index - 1)),
  );
  const by = known[at]?.time;
  return by === undefined ? null : { after: known[at - 1]?.time ?? by, by };
}

/** 0..1: how far above the usual the traffic is, twice the usual and more being 1. */
export function surgeSize({ shift }: ShiftedSeries): number {
  return Math.min(1, Math.log2(shift.ratio ?? 1)) * strengthOf(shift.z);
}

/** Errors that only grew as much as the requests did are the same share of them. */
function scalesWith(errors: ShiftedSeries, traffic: ShiftedSeries): boolean {
  return errors.shift.ratio !== null && traffic.shift.ratio !== null && errors.shift.ratio < 1.5 * traffic.shift.ratio;
}

/**
 * The traffic of the place where requests come in from outside that grew most: a component that nobody calls, where the calls are known, because what callers send
 * again and again looks like a surge further in. Null where no traffic was measured at such a place.
 */
function surgeOf(observed: Observed): ShiftedSeries | null {
  const hasCallers = (key: string) => (observed.callersOf.get(key) ?? []).length > 0;
  const isKnown = observed.observations.edges.length > 0;
  const found = [...observed.seriesOf.values()]
    .flat()
    .filter(
      ({ series, shift }) =>
        series.measure === "traffic" && series.callee === null && shift.ratio !== null && shift.before > 0,
    )
    .filter(({ series }) => {
      const kind = observed.componentOf.get(series.component)?.kind ?? "unknown";
      return isKnown
        ? !hasCallers(series.component) &&
            (observed.calleesOf.get(series.component) ?? []).length > 0 &&
            kind !== "host"
        : kind === "service";
    });
  // Of several series of one place the largest is the whole; of several places the one that grew most.
  const whole = new Map<string, ShiftedSeries>();
  for (const one of found) {
    const known = whole.get(one.series.component);
    if (known === undefined || one.shift.before > known.shift.before) whole.set(one.series.component, one);
  }
  return [...whole.values()].sort((a, b) => (b.shift.ratio ?? 0) - (a.shift.ratio ?? 0))[0] ?? null;
}

/** What the path says for and against a surge of traffic. */
export function demand(observed: Observed): ObservedFinding[] {
  const { path, entry, traffic, cpu, isFirst } = demandPath(observed);
  if (entry === null || traffic === null) return [];
  const about = findingAbout("demand", { kind: "traffic" });
  const name = nameOf(observed, entry);
  const evidence = seriesEvidence(traffic, name);
  const percent = Math.round(((traffic.shift.ratio ?? 1) - 1) * 100);
  const grown = `traffic at ${name} is ${percent >= 0 ? `${percent} % above` : `${-percent} % below`} the usual`;
  switch (path) {
    case "demand":
      return [
        about({
          feature: "surge",
          value: surgeSize(traffic),
          text: `${grown}${cpu === null ? "" : `, processors of ${nameOf(observed, cpu.series.component)} are busier`} and ${isFirst ? "it grew no later than the trouble began" : "errors did not grow beyond it"}`,
          evidence,
          cause: "traffic",
        }),
      ];
    case "perfect_storm":
      return [
        about({
          feature: "storm",
          value: strengthOf(traffic.shift.z),
          text: `${grown} and errors grew more than it: demand and a defect at once`,
          evidence,
          cause: "traffic",
        }),
      ];
    case "defect":
    case "neither":
      return [
        about({
          feature: "no_surge",
          value: 1,
          text: `${grown}, which is no surge`,
          evidence,
        }),
      ];
  }
}
