import { measureOfMetric, statisticOfMetric } from "../../analysis/observations/measure-of-metric.ts";
import type { Interval, Measure, Observations, Series } from "../../analysis/observations/observations.ts";

import { mergePoints } from "./wide-table.ts";

/** One column `<service>_<metric>` of a table. */
export interface NamedColumn {
  readonly name: string;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/**
 * Observations out of columns named `<service>_<metric>`; those of equal name are one series. The metric begins after the last underscore
 * that leaves it a word with a known meaning (`carts-db_cpu`, `front-end_lat_99`, `cart_latency-90`), else after the last one.
 */
export function observeColumns(input: {
  readonly columns: readonly NamedColumn[];
  readonly baseline: Interval;
  readonly incident: Interval;
  readonly ref: (column: string) => string;
  readonly gaps?: readonly string[];
}): Observations {
  const byName = new Map<string, NamedColumn[]>();
  for (const column of input.columns) byName.set(column.name, [...(byName.get(column.name) ?? []), column]);
  const series = [...byName.entries()].flatMap(([name, parts]): Series[] => {
    const split = splitColumn(name);
    if (split === null) return [];
    return [
      {
        id: name,
        component: split.component,
        measure: split.measure,
        metric: split.metric,
        statistic: statisticOfMetric(split.metric),
        unit: null,
        callee: null,
        ...mergePoints(parts),
        ref: input.ref(name),
      },
    ];
  });
  const components = [...new Set(series.map(({ component }) => component))].sort();
  return {
    baseline: input.baseline,
    incident: input.incident,
    target: null,
    components: components.map((key) => ({ key, name: key, kind: "unknown", isOwned: null, partOf: null })),
    edges: [],
    series,
    logs: [],
    operations: [],
    changes: [],
    gaps: input.gaps ?? [],
  };
}

/** What these tables call the number of requests. */
const workloadWords: ReadonlySet<string> = new Set(["lod", "load", "workload"]);

function splitColumn(name: string): { component: string; metric: string; measure: Measure } | null {
  const parts = name.split("_");
  if (parts.length < 2) return null;
  for (let at = 1; at < parts.length; at += 1) {
    const metric = parts.slice(at).join("_");
    const first = parts[at]?.split("-")[0] ?? "";
    if (measureOfMetric({ name: first }) === "other" && !workloadWords.has(first)) continue;
    const measure = workloadWords.has(metric) ? "traffic" : measureOfMetric({ name: metric });
    return { component: parts.slice(0, at).join("_"), metric, measure };
  }
  const metric = parts.at(-1) ?? "";
  return { component: parts.slice(0, -1).join("_"), metric, measure: measureOfMetric({ name: metric }) };
}
