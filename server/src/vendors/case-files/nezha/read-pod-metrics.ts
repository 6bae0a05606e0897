import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { measureOfMetric, statisticOfMetric } from "../../../analysis/observations/measure-of-metric.ts";
import type { Interval, Series } from "../../../analysis/observations/observations.ts";
import { readCaseText } from "../read-case-text.ts";
import { type CsvRow, eachCsvRow, millisecondsOf, numberOfCell } from "../read-csv.ts";
import { serviceOfPod } from "./service-of-pod.ts";

interface Column {
  readonly place: number;
  readonly name: string;
  readonly metric: string;
  readonly unit: string | null;
}

/**
 * The series of all pods of a day within a time: one file a pod, one column a metric, `Name(unit)`. Left out are what is measured of the whole node, which is
 * not the pod's; waiting as a client, which is the time of others that the file does not name; and an amount whose share of the limit stands beside it.
 */
export async function readPodMetrics(folder: string, within: Interval, gaps: string[]): Promise<Series[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.csv(?:\.gz)?$/.test(name)).sort();
  if (names.length === 0) gaps.push(`There are no metrics of ${basename(folder)}.`);
  const series: Series[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const { head, rows } = await readRows(file, within);
    const podAt = head.indexOf("PodName");
    const component = serviceOfPod(rows[0]?.row.cells[podAt] ?? "");
    if (podAt < 0 || component === "") continue;
    const times = Float64Array.from(rows, ({ at }) => at);
    for (const { place, name: column, metric, unit } of columnsOf(head, podAt)) {
      series.push({
        id: `${component} ${column} ${basename(name).replace(/_metric.*$/, "")}`,
        component,
        measure: measureOfMetric({ name: metric, unit }),
        metric,
        statistic: statisticOfMetric(metric),
        unit,
        callee: null,
        times,
        values: Float64Array.from(rows, ({ row }) => numberOfCell(row.cells[place], { file, line: row.line, column })),
        ref: `file:${basename(folder)}/${name}#${column}`,
      });
    }
  }
  return series;
}

/** The rows of a time, in its order. */
async function readRows(file: string, within: Interval) {
  let head: readonly string[] = [];
  let timeAt = -1;
  const rows: { row: CsvRow; at: number }[] = [];
  eachCsvRow(file, await readCaseText(file), (row) => {
    if (head.length === 0) {
      head = row.cells;
      timeAt = head.indexOf("TimeStamp");
      return;
    }
    if (timeAt < 0) return;
    const at = millisecondsOf(numberOfCell(row.cells[timeAt], { file, line: row.line, column: "TimeStamp" }));
    if (at >= within.from && at < within.to) rows.push({ row, at });
  });
  return { head, rows: rows.sort((a, b) => a.at - b.at) };
}

function columnsOf(head: readonly string[], podAt: number): Column[] {
  const all = head.flatMap((name, place): Column[] => {
    const [, metric, unit = null] = /^(\w+)(?:\((.*)\))?$/.exec(name) ?? [];
    if (place <= podAt || metric === undefined || /^Node|Client/.test(metric)) return [];
    return [{ place, name, metric, unit }];
  });
  return all.filter(({ metric }) => !all.some((other) => other.metric === `${metric}Rate` && other.unit === "%"));
}
