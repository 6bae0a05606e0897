import { caseMetricKindSchema, type MetricKind } from "@culprit/contract";
import { usualStep } from "../../../analysis/detection/align-series.ts";
import { type Points, rateOfCounter } from "../../../analysis/detection/counter-rate.ts";
import { measureOfMetric, statisticOfMetric } from "../../../analysis/observations/measure-of-metric.ts";
import type { Series } from "../../../analysis/observations/observations.ts";
import { caseFileError } from "../case-file-error.ts";
import { measurableMax } from "../check-observations.ts";
import { readCaseText } from "../read-case-text.ts";
import { eachCsvRow, numberOfCell } from "../read-csv.ts";

const required = ["time", "component", "metric", "value"] as const;
const optional = ["kind", "statistic", "unit", "callee", "labels"] as const;
type Column = (typeof required)[number] | (typeof optional)[number];

interface Gathered {
  readonly component: string;
  readonly metric: string;
  readonly kind: MetricKind;
  readonly statistic: string | null;
  readonly unit: string | null;
  readonly callee: string | null;
  readonly labels: string;
  readonly times: number[];
  readonly values: number[];
}

/**
 * The series of a `metrics.csv`: rows in any order, counters and deltas as growth a second; and how many values were left out because nothing can measure them.
 * @throws CulpritError INVALID_REQUEST that names file, line, reason and remedy.
 */
export async function readMetrics(path: string): Promise<{ readonly series: Series[]; readonly absurd: number }> {
  const text = await readCaseText(path);
  const gathered = new Map<string, Gathered>();
  const instants = new Map<string, number>();
  let places: Map<Column, number> | null = null;
  let width = 0;
  let absurd = 0;
  eachCsvRow(path, text, ({ line, cells }) => {
    if (places === null) {
      places = columnsOf(path, cells);
      width = cells.length;
      return;
    }
    if (cells.length !== width)
      throw caseFileError({
        file: path,
        line,
        reason: `it has ${cells.length} cells, the heading has ${width}`,
        remedy: "Give each row as many cells as the heading, and put a text with a comma in quotes.",
      });
    const at = places;
    const cell = (column: Column) => {
      const place = at.get(column);
      return place === undefined ? "" : (cells[place] ?? "").trim();
    };
    const component = cell("component");
    const metric = cell("metric");
    if (component === "" || metric === "")
      throw caseFileError({
        file: path,
        line,
        reason: `${component === "" ? "component" : "metric"} is empty`,
        remedy: "Name both.",
      });
    const key = [component, metric, cell("statistic"), cell("callee"), cell("labels")].join("\n");
    let series = gathered.get(key);
    if (series === undefined) {
      series = {
        component,
        metric,
        kind: kindOf(path, line, cell("kind")),
        statistic: cell("statistic").toLowerCase() || null,
        unit: cell("unit") || null,
        callee: cell("callee") || null,
        labels: cell("labels"),
        times: [],
        values: [],
      };
      gathered.set(key, series);
    }
    const written = cell("time");
    let time = instants.get(written);
    if (time === undefined) {
      time = instantOf(path, line, written);
      instants.set(written, time);
    }
    series.times.push(time);
    const value = numberOfCell(cell("value"), { file: path, line, column: "value" });
    // Before a counter becomes a rate, which would hide it.
    const isAbsurd = Math.abs(value) > measurableMax;
    if (isAbsurd) absurd += 1;
    series.values.push(isAbsurd ? Number.NaN : value);
  });
  return { series: [...gathered.values()].map(toSeries), absurd };
}

function columnsOf(file: string, cells: readonly string[]): Map<Column, number> {
  const names = cells.map((cell) => cell.trim().toLowerCase());
  const missing = required.filter((column) => !names.includes(column));
  if (missing.length > 0)
    throw caseFileError({
      file,
      line: 1,
      reason: `the heading lacks ${missing.join(", ")}`,
      remedy: `The first line names the columns: ${required.join(",")} and, where known, ${optional.join(",")}.`,
    });
  return new Map(
    [...required, ...optional].flatMap((column) => (names.includes(column) ? [[column, names.indexOf(column)]] : [])),
  );
}

function kindOf(file: string, line: number, text: string): MetricKind {
  const parsed = caseMetricKindSchema.safeParse(text === "" ? "gauge" : text.toLowerCase());
  if (parsed.success) return parsed.data;
  throw caseFileError({
    file,
    line,
    reason: `kind is ${JSON.stringify(text)}`,
    remedy: "Write gauge, counter or delta, or leave it empty for gauge.",
  });
}

/** A date, a time of day and a zone. */
const withZone = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:[Zz]|[+-]\d{2}:?\d{2})$/u;

function instantOf(file: string, line: number, text: string): number {
  const time = /^\d{11,}$/u.test(text) ? Number(text) : withZone.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(time)) return time;
  const isLocal = withZone.test(`${text}Z`);
  throw caseFileError({
    file,
    line,
    reason: `time is ${JSON.stringify(text.slice(0, 60))}${isLocal ? ", without a zone: it would mean another instant on each machine" : ""}`,
    remedy: "Write ISO 8601 with a zone (2026-03-04T10:15:30Z), or whole milliseconds since 1970.",
  });
}

function toSeries(gathered: Gathered): Series {
  const { component, metric, kind, statistic, unit, callee, labels } = gathered;
  const id = [component, metric, ...[statistic, callee, labels].filter((part) => part !== null && part !== "")].join(
    " ",
  );
  const byLabel = Object.fromEntries(
    labels.split(";").flatMap((pair) => {
      const at = pair.indexOf("=");
      return at > 0 ? [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const] : [];
    }),
  );
  return {
    id,
    component,
    measure: measureOfMetric({ name: metric, unit, labels: byLabel }),
    metric,
    statistic: statistic ?? (kind === "gauge" ? statisticOfMetric(metric) : "rate"),
    unit,
    callee,
    ...pointsOf(kind, gathered),
    ref: `file:metrics.csv#${id}`,
  };
}

function pointsOf(kind: MetricKind, gathered: Gathered): Points {
  const { times, values } = inOrder(gathered);
  if (kind === "counter") return rateOfCounter(times, values);
  if (kind === "gauge") return { times, values };
  const step = usualStep(times);
  return { times, values: values.map((value) => value / (Number.isFinite(step) && step > 0 ? step / 1000 : 1)) };
}

function inOrder({ times, values }: Pick<Gathered, "times" | "values">): Points {
  if (times.every((time, at) => at === 0 || time >= (times[at - 1] ?? 0)))
    return { times: Float64Array.from(times), values: Float64Array.from(values) };
  const order = Uint32Array.from(times.keys()).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  return {
    times: Float64Array.from(order, (at) => times[at] ?? Number.NaN),
    values: Float64Array.from(order, (at) => values[at] ?? Number.NaN),
  };
}
