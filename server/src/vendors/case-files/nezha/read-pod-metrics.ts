import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { measureOfMetric, statisticOfMetric } from "../../../analysis/observations/measure-of-metric.ts";
import type { Series } from "../../../analysis/observations/observations.ts";
import { readCaseText } from "../read-case-text.ts";
import { millisecondsOf, numberOfCell, readCsv } from "../read-csv.ts";
import { serviceOfPod } from "./service-of-pod.ts";

/** The series of all pods of a day: one file a pod, one column a metric, `Name(unit)`. What is measured of the whole node is left out: it is not the pod's. */
export async function readPodMetrics(folder: string, gaps: string[]): Promise<Series[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.csv(?:\.gz)?$/.test(name)).sort();
  if (names.length === 0) gaps.push(`There are no metrics of ${basename(folder)}.`);
  const series: Series[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const [head, ...rows] = readCsv(file, await readCaseText(file));
    const timeAt = head?.cells.indexOf("TimeStamp") ?? -1;
    const podAt = head?.cells.indexOf("PodName") ?? -1;
    if (head === undefined || timeAt < 0 || podAt < 0) continue;
    const component = serviceOfPod(rows[0]?.cells[podAt] ?? "");
    if (component === "") continue;
    const cell = (line: number, text: string | undefined, column: string) => numberOfCell(text, { file, line, column });
    const sorted = rows
      .map((row) => ({ row, at: millisecondsOf(cell(row.line, row.cells[timeAt], "TimeStamp")) }))
      .filter(({ at }) => Number.isFinite(at))
      .sort((a, b) => a.at - b.at);
    const times = Float64Array.from(sorted, ({ at }) => at);
    for (const [place, column] of head.cells.entries()) {
      const [, metric = "", unit = null] = /^(\w+)(?:\((.*)\))?$/.exec(column) ?? [];
      if (place <= Math.max(timeAt, podAt) || metric === "" || metric.startsWith("Node")) continue;
      const id = `${component} ${column} ${basename(name).replace(/_metric.*$/, "")}`;
      series.push({
        id,
        component,
        measure: measureOfMetric({ name: metric, unit }),
        metric,
        statistic: statisticOfMetric(metric),
        unit,
        callee: null,
        times,
        values: Float64Array.from(sorted, ({ row }) => cell(row.line, row.cells[place], column)),
        ref: `file:${basename(folder)}/${name}#${column}`,
      });
    }
  }
  return series;
}
