import { measureOfMetric, statisticOfMetric } from "../../../analysis/observations/measure-of-metric.ts";
import type { Interval, LogPattern, Series } from "../../../analysis/observations/observations.ts";
import { LOG_LINES_METRIC, redNames, type StoredSeries } from "../../telemetry/index.ts";
import type { StoredTemplate } from "./load-templates.ts";

/** Whether a series counts lines of a log template: it becomes a pattern. */
export function isOfLogs({ metric }: Pick<StoredSeries, "metric">): boolean {
  return metric === LOG_LINES_METRIC;
}

const callMetrics: ReadonlySet<string> = new Set(Object.values(redNames));

/** Whether a series was derived from calls. */
export function isOfCalls({ metric }: Pick<StoredSeries, "metric">): boolean {
  return callMetrics.has(metric);
}

/**
 * Stored series as the engine reads them. Errors that Culprit counted itself become a share of the requests beside them: their number alone would rise with
 * traffic. What grows in a step is left out from the step on that has not come in whole: a part of it looks like a fall.
 * @param wholeUntil the end of the last whole step of a series, in milliseconds since 1970
 */
export function seriesOfStore(
  stored: readonly StoredSeries[],
  wholeUntil: (one: Pick<StoredSeries, "metric">) => number = () => Number.POSITIVE_INFINITY,
): readonly Series[] {
  const requests = new Map(
    stored.filter(({ metric }) => metric === redNames.requests).map((one) => [placeOf(one), one]),
  );
  return stored.flatMap((one): Series[] => {
    if (one.metric === redNames.durationSum || one.metric === redNames.uncounted) return [];
    const all = one.metric === redNames.errors ? requests.get(placeOf(one)) : undefined;
    const { times, values } = all === undefined ? wholeSteps(one, wholeUntil(one)) : shareOf(one, all);
    if (times.length === 0) return [];
    const { callee = null, ...labels } = one.labels;
    const words = { name: one.metric, unit: one.unit, labels: one.labels };
    return [
      {
        id: one.ref,
        component: one.serviceKey,
        measure: measureOfMetric(words),
        metric: nameOf(one.metric, labels),
        statistic: statisticOfMetric(one.metric) ?? (one.kind === "gauge" ? null : "rate"),
        unit: all === undefined ? one.unit : "1",
        callee,
        times,
        values,
        ref: one.ref,
      },
    ];
  });
}

/** A gauge's mean is one of a part of a step too, and so is a share. */
function wholeSteps(one: StoredSeries, untilMs: number): Pick<Series, "times" | "values"> {
  if (one.kind === "gauge") return one;
  const whole = one.times.findIndex((time) => time >= untilMs);
  return whole < 0 ? one : { times: one.times.subarray(0, whole), values: one.values.subarray(0, whole) };
}

function placeOf({ serviceKey, environment, labels }: StoredSeries): string {
  return `${serviceKey}\n${environment}\n${labels.route ?? ""}\n${labels.callee ?? ""}`;
}

/** At each time of `all`, which share of it `part` is: 0 where `part` says nothing. */
function shareOf(part: StoredSeries, all: StoredSeries): Pick<Series, "times" | "values"> {
  const parts = new Map([...part.times].map((time, index) => [time, part.values[index] ?? 0]));
  const values = Float64Array.from(all.times, (time, index) => {
    const whole = all.values[index] ?? Number.NaN;
    return whole > 0 ? Math.min(1, (parts.get(time) ?? 0) / whole) : Number.NaN;
  });
  return { times: all.times, values };
}

function nameOf(metric: string, labels: Readonly<Record<string, string>>): string {
  const told = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, 4)
    .map(([name, value]) => `${name}="${value}"`);
  return told.length === 0 ? metric : `${metric}{${told.join(",")}}`;
}

/** How often each template was written, before and during the trouble. */
export function patternsOfLogs(
  stored: readonly StoredSeries[],
  templates: ReadonlyMap<string, StoredTemplate>,
  { baseline, incident, stepMs }: { readonly baseline: Interval; readonly incident: Interval; readonly stepMs: number },
): readonly LogPattern[] {
  const minutes = ({ from, to }: Interval) => Math.max(1, (to - from) / 60_000);
  return stored.flatMap((one): LogPattern[] => {
    const templateId = one.labels.template_id;
    const template = templateId === undefined ? undefined : templates.get(`${one.serviceKey}\n${templateId}`);
    if (templateId === undefined || template === undefined) return [];
    const lines = (within: Interval) =>
      one.times.reduce(
        (sum, time, index) => (time >= within.from && time < within.to ? sum + (one.values[index] ?? 0) : sum),
        0,
      ) *
      (stepMs / 1000);
    const [before, during] = [lines(baseline), lines(incident)];
    return [
      {
        component: one.serviceKey,
        templateId,
        template: template.template,
        severity: one.labels.severity ?? template.severity,
        baselinePerMinute: before / minutes(baseline),
        incidentPerMinute: during / minutes(incident),
        baselineCount: Math.round(before),
        incidentCount: Math.round(during),
        firstAt: template.firstAt.getTime(),
        example: template.example,
        ref: one.ref,
      },
    ];
  });
}
