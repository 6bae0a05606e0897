import { nameOf, type Observed, type ShiftedSeries, seriesEvidence } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";
import { strengthOf } from "./series-shift.ts";

/** More requests than this share above the usual is a surge. */
const surgeShare = 0.3;

/** What traffic and errors say together. */
export interface DemandPath {
  readonly path: "demand" | "defect" | "perfect_storm" | "neither";
  readonly entry: string | null;
  readonly traffic: ShiftedSeries | null;
  readonly cpu: ShiftedSeries | null;
  readonly errors: ShiftedSeries | null;
}

/**
 * Tells a surge of demand from a defect: traffic up by more than 30 % at the entry with processors busier and errors as usual is demand; traffic as
 * usual with errors up is code or configuration; both is a perfect storm.
 */
export function demandPath(observed: Observed): DemandPath {
  const entry = entryOf(observed);
  const own = entry === null ? [] : (observed.seriesOf.get(entry) ?? []);
  const strongest = (list: readonly ShiftedSeries[], by: (one: ShiftedSeries) => number) =>
    list.reduce<ShiftedSeries | null>((best, one) => (best === null || by(one) > by(best) ? one : best), null);
  const traffic = strongest(
    own.filter(({ series }) => series.measure === "traffic" && series.callee === null),
    ({ shift }) => shift.before,
  );
  const all = [...observed.seriesOf.values()].flat();
  const cpu = strongest(
    all.filter(({ series, shift }) => series.measure === "cpu" && shift.ratio !== null && shift.ratio > 1.15),
    ({ harm }) => harm,
  );
  const errors = strongest(
    all.filter(({ series, harm }) => (series.measure === "errors" || series.measure === "availability") && harm > 4),
    ({ harm }) => harm,
  );
  const isSurge =
    traffic !== null &&
    traffic.shift.z > 3 &&
    (traffic.shift.ratio ?? 0) > 1 + surgeShare &&
    !isOutgrown(cpu, traffic.shift.ratio ?? 1);
  const isBusy = cpu !== null && cpu.harm > 3;
  const path = isSurge
    ? errors !== null && !scalesWith(errors, traffic)
      ? "perfect_storm"
      : isBusy || errors === null
        ? "demand"
        : "perfect_storm"
    : errors !== null
      ? "defect"
      : "neither";
  return { path, entry, traffic, cpu, errors };
}

/** Work grows with requests; a processor that grew by so many times more than they did has another reason. */
const outgrownTimes = 4;

function isOutgrown(cpu: ShiftedSeries | null, trafficRatio: number): boolean {
  return cpu !== null && cpu.harm > 20 && (cpu.shift.ratio ?? 0) > outgrownTimes * trafficRatio;
}

/** Errors that only grew as much as the requests did are the same share of them. */
function scalesWith(errors: ShiftedSeries, traffic: ShiftedSeries): boolean {
  return errors.shift.ratio !== null && traffic.shift.ratio !== null && errors.shift.ratio < 1.5 * traffic.shift.ratio;
}

/** Where requests come in: the component with traffic that reaches the target and that nobody calls; the target itself where no edges are known. */
function entryOf(observed: Observed): string | null {
  const hasTraffic = (key: string) =>
    observed.seriesOf.get(key)?.some(({ series }) => series.measure === "traffic") === true;
  const target = observed.observations.target?.component ?? null;
  const seen = new Set<string>();
  let here = target === null ? [] : [target];
  let best: string | null = null;
  while (here.length > 0) {
    for (const key of here) if (hasTraffic(key)) best = key;
    for (const key of here) seen.add(key);
    here = [...new Set(here.flatMap((key) => observed.callersOf.get(key) ?? []))].filter((key) => !seen.has(key));
  }
  return best ?? [...observed.seriesOf.keys()].find(hasTraffic) ?? null;
}

/** What the path says for and against a surge of traffic. */
export function demand(observed: Observed): ObservedFinding[] {
  const { path, entry, traffic, cpu } = demandPath(observed);
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
          value: strengthOf(traffic.shift.z),
          text: `${grown}${cpu === null ? "" : `, processors of ${nameOf(observed, cpu.series.component)} are busier`} and errors did not grow beyond it`,
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
