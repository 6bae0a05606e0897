import type {
  Component,
  Interval,
  LogPattern,
  Measure,
  Observations,
  ObservedChange,
  Series,
} from "../../server/src/analysis/observations/observations.ts";

const minute = 60_000;
/** The trouble of plain observations begins here, and lasts a quarter of an hour; an hour before is the baseline. */
export const troubleAt = Date.parse("2026-01-01T12:00:00.000Z");

export interface PlainSeries {
  readonly component: string;
  readonly measure: Measure;
  readonly metric?: string;
  readonly callee?: string;
  /** Level before and during the trouble; NaN for no values. */
  readonly before: number;
  readonly during: number;
  /** Minutes after the trouble's beginning at which the level changes, and goes back. */
  readonly from?: number;
  readonly to?: number;
  readonly statistic?: string;
}

/** A series of one value a minute, with a ripple of two percent that is always the same. */
export function plainSeries(wanted: PlainSeries): Series {
  const { component, measure, metric = measure, callee = null, before, during, from = 0, to = Infinity } = wanted;
  const times = Float64Array.from({ length: 75 }, (_, at) => troubleAt + (at - 60) * minute);
  const values = times.map((time, at) => {
    const minutes = (time - troubleAt) / minute;
    const level = minutes >= from && minutes < to ? during : before;
    return level * (1 + 0.02 * Math.sin(at * 2.3));
  });
  const id = `${component}/${metric}/${callee ?? ""}`;
  return {
    id,
    component,
    measure,
    metric,
    statistic: wanted.statistic ?? null,
    unit: null,
    callee,
    times,
    values,
    ref: `series:${id}`,
  };
}

export interface PlainObservations {
  readonly components: readonly (Partial<Component> & { readonly key: string })[];
  readonly edges?: readonly (readonly [string, string])[];
  readonly series: readonly PlainSeries[];
  readonly logs?: readonly (Partial<LogPattern> & { readonly component: string; readonly example: string })[];
  readonly changes?: readonly (Partial<ObservedChange> & { readonly id: string; readonly minutes: number })[];
  readonly target?: string | null;
  readonly baseline?: Interval;
}

/** Observations as plain data, for tests of what is made of them. */
export function plainObservations(input: PlainObservations): Observations {
  const { target = input.components[0]?.key ?? null } = input;
  return {
    baseline: input.baseline ?? { from: troubleAt - 60 * minute, to: troubleAt },
    incident: { from: troubleAt, to: troubleAt + 15 * minute },
    target: target === null ? null : { component: target, measure: null, seriesId: null },
    components: input.components.map((one) => ({
      name: one.key,
      kind: "service",
      isOwned: true,
      partOf: null,
      ...one,
    })),
    edges: (input.edges ?? []).map(([from, to]) => ({ from, to })),
    series: input.series.map(plainSeries),
    logs: (input.logs ?? []).map((one) => ({
      templateId: one.example,
      template: one.example,
      severity: "error",
      baselinePerMinute: 0,
      incidentPerMinute: 5,
      firstAt: troubleAt,
      ref: `log:${one.example}`,
      ...one,
    })),
    operations: [],
    changes: (input.changes ?? []).map(({ minutes, ...one }) => ({
      kind: "deployment",
      at: troubleAt + minutes * minute,
      component: null,
      title: one.id,
      commitSha: null,
      ref: `change:${one.id}`,
      ...one,
    })),
    gaps: [],
  };
}
