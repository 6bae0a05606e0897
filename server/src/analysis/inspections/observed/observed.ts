import type { ComponentScore } from "../../observations/component-score.ts";
import type { Component, Observations, ObservedChange, Series } from "../../observations/observations.ts";
import { deviationsText } from "../../ranking/components/describe-score.ts";
import { callsKnown } from "../../ranking/components/rank-components.ts";
import { shiftOfSeries } from "../../ranking/components/series-shift.ts";
import type { World } from "../../world/world.ts";
import type { EvidenceDraft, Subject } from "../finding.ts";
import { figure, type SeriesShift, shiftOf } from "./series-shift.ts";

/** A series with what it did. */
export interface ShiftedSeries {
  readonly series: Series;
  readonly shift: SeriesShift;
  /** Robust standard deviations in the direction that hurts. */
  readonly harm: number;
  /** The most extreme tenth towards trouble; NaN without values. */
  readonly extreme: number;
}

/** What inspections over observations need, worked out once. */
export interface Observed {
  readonly world: World;
  readonly observations: Observations;
  /** Best first, with a score for each component that has one. */
  readonly scores: readonly ComponentScore[];
  readonly scoreOf: ReadonlyMap<string, ComponentScore>;
  readonly componentOf: ReadonlyMap<string, Component>;
  readonly seriesOf: ReadonlyMap<string, readonly ShiftedSeries[]>;
  readonly calleesOf: ReadonlyMap<string, readonly string[]>;
  readonly callersOf: ReadonlyMap<string, readonly string[]>;
  /** When each component in trouble began to be: by its own series, and by those of its callers about it. */
  readonly onsetOf: ReadonlyMap<string, number>;
  /** The series that says so. */
  readonly onsetSeriesOf: ReadonlyMap<string, ShiftedSeries>;
  /** When the trouble began: the earliest onsets, or the beginning of the incident. */
  readonly onsetAt: number;
  /** Share of the measured components that are in trouble, 0..1. */
  readonly spread: number;
  /** 0..1: how unusual the most unusual component is, by any method. */
  readonly strengthMax: number;
}

/** Components that are looked at closely; the others only have their score. */
export const closeLookMax = 40;
/** From this strength on a component is called unusual. */
export const unusualMin = 0.5;

export function observe(world: World, observations: Observations, scores: readonly ComponentScore[]): Observed {
  const seriesOf = new Map<string, ShiftedSeries[]>();
  // Failures are seen against the calls there are, as the ranking sees them: else half a failure a second, where there was none, would be nothing.
  const known = callsKnown(observations);
  for (const series of observations.series) {
    const shift = shiftOf(series, observations.baseline, observations.incident);
    const list = seriesOf.get(series.component) ?? [];
    const { deviations, extreme } = shiftOfSeries(series, observations, known.get(series.callee ?? series.component));
    list.push({ series, shift, harm: deviations, extreme });
    seriesOf.set(series.component, list);
  }
  const calleesOf = new Map<string, string[]>();
  const callersOf = new Map<string, string[]>();
  for (const { from, to } of observations.edges) {
    if (from === to) continue;
    calleesOf.set(from, [...(calleesOf.get(from) ?? []), to]);
    callersOf.set(to, [...(callersOf.get(to) ?? []), from]);
  }
  const sorted = [...scores].sort((a, b) => b.score - a.score || (a.component < b.component ? -1 : 1));
  const onsetSeriesOf = onsetsOf(seriesOf);
  const onsetOf = new Map(
    [...onsetSeriesOf].flatMap(([key, { shift }]) => (shift.onsetAt === null ? [] : [[key, shift.onsetAt] as const])),
  );
  const first = [...onsetOf.values()].sort((a, b) => a - b);
  // One early onset among many may be noise; of few every one counts.
  const onsetAt = first[first.length >= 6 ? 1 : 0] ?? observations.incident.from;
  return {
    world,
    observations,
    scores: sorted,
    scoreOf: new Map(sorted.map((one) => [one.component, one])),
    componentOf: new Map(observations.components.map((one) => [one.key, one])),
    seriesOf,
    calleesOf,
    callersOf,
    onsetOf,
    onsetSeriesOf,
    onsetAt,
    spread: seriesOf.size === 0 ? 0 : onsetOf.size / seriesOf.size,
    strengthMax: Math.max(0, ...sorted.map(strengthOfComponent)),
  };
}

/** From this harm on a series says when its component's trouble began. */
const onsetHarmMin = 5;

function onsetsOf(seriesOf: ReadonlyMap<string, readonly ShiftedSeries[]>): Map<string, ShiftedSeries> {
  const found = new Map<string, ShiftedSeries>();
  for (const one of [...seriesOf.values()].flat()) {
    const { series, shift, harm } = one;
    if (harm < onsetHarmMin || shift.onsetAt === null || series.measure === "traffic" || series.measure === "other")
      continue;
    const component = series.callee ?? series.component;
    const known = found.get(component)?.shift.onsetAt ?? Number.POSITIVE_INFINITY;
    if (shift.onsetAt < known) found.set(component, one);
  }
  return found;
}

/** 0..1: the strongest of its parts. */
export function strengthOfComponent(score: ComponentScore | undefined): number {
  return Math.max(0, ...(score?.parts ?? []).map((part) => part.strength));
}

/** Whether anything was measured at all; without it nothing says when the trouble began, but the time that was asked about. */
export function isMeasured({ observations, seriesOf }: Observed): boolean {
  return (
    observations.logs.length + observations.operations.length > 0 ||
    [...seriesOf.values()].flat().some(({ shift }) => shift.pointsBefore + shift.pointsDuring > 0)
  );
}

export function nameOf(observed: Observed, key: string): string {
  return observed.componentOf.get(key)?.name ?? key;
}

/** The subject that a change has: the config change that the code's world knows, or the observed change. */
export function subjectOfChange(world: World, change: ObservedChange): Subject {
  return world.configChanges.some((one) => one.id === change.id)
    ? { kind: "config_change", id: change.id }
    : { kind: "change", id: change.id };
}

/** A series as evidence: its level before and during the trouble. */
export function seriesEvidence({ series, shift, harm, extreme }: ShiftedSeries, name: string): EvidenceDraft {
  const unit = series.unit === null || series.unit === "1" ? "" : ` ${series.unit}`;
  return {
    kind: "metric_series",
    source: "telemetry",
    ref: series.ref,
    title: `${name}: ${series.metric}${series.statistic === null ? "" : ` (${series.statistic})`}`,
    snapshot: [
      `before: median ${figure(shift.before)}${unit} of ${shift.pointsBefore} values`,
      `during: median ${figure(shift.during)}${unit} of ${shift.pointsDuring} values${Number.isFinite(extreme) ? `, worst tenth ${figure(extreme)}${unit}` : ""}`,
      `${deviationsText(harm)} towards trouble`,
      ...(shift.onsetAt === null ? [] : [`left its usual level at ${new Date(shift.onsetAt).toISOString()}`]),
    ].join("\n"),
  };
}

export function changeEvidence(change: ObservedChange): EvidenceDraft {
  return {
    kind: "change_event",
    source: "postgres",
    ref: change.ref,
    title: change.title.slice(0, 200),
    snapshot: `${new Date(change.at).toISOString()}: ${change.kind}${change.component === null ? "" : ` of ${change.component}`}${change.commitSha === null ? "" : `, commit ${change.commitSha}`}\n${change.title}`,
  };
}

/** What was looked at on the whole, as evidence for what is said of all of it. */
export function overviewEvidence({ observations, scores }: Observed): EvidenceDraft {
  const { baseline, incident } = observations;
  const at = (ms: number) => (Number.isFinite(ms) ? new Date(ms).toISOString() : "unknown");
  return {
    kind: "snapshot",
    source: "telemetry",
    ref: `observations:${incident.from}-${incident.to}`,
    title: "What telemetry was looked at",
    snapshot: [
      `before: ${at(baseline.from)} – ${at(baseline.to)}`,
      `during: ${at(incident.from)} – ${at(incident.to)}`,
      `${observations.components.length} components, ${observations.series.length} series, ${observations.logs.length} log patterns, ${observations.operations.length} operations, ${observations.changes.length} changes`,
      ...scores
        .slice(0, 10)
        .map((one) => `${one.component}: ${one.score.toFixed(3)}${one.metric === null ? "" : ` (${one.metric})`}`),
      ...observations.gaps.map((gap) => `missing: ${gap}`),
    ].join("\n"),
  };
}
