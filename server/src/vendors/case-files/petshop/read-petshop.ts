import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { measureOfMetric } from "../../../analysis/observations/measure-of-metric.ts";
import type { Component, Edge, Observations, Series } from "../../../analysis/observations/observations.ts";
import { caseFileError } from "../case-file-error.ts";
import type { CaseReader } from "../case-reader.ts";
import { findCaseFile, readCaseText } from "../read-case-text.ts";
import { type CsvRow, readCsv } from "../read-csv.ts";
import { mergePoints, readWideTable } from "../wide-table.ts";

/*
 * Cases as PetShop publishes them (Hardt et al. 2024, https://github.com/amazon-science/petshop-root-cause-analysis): a `metrics.csv` with three heading
 * rows (node, metric, statistic) of the time of trouble, one of a normal time in `noissue/`, `graph.csv` as an adjacency matrix (row calls column), and
 * `target.json` with what was noticed and when.
 */

const targetSchema = z.object({
  target: z.object({ node: z.string(), metric: z.string(), agg: z.string(), timestamp: z.number() }),
});

/** A day is more than the step of any metric here. */
const STEP_MAX_MS = 24 * 3600_000;

export const petshopReader: CaseReader = {
  format: "petshop",
  signs: "metrics.csv and target.json",
  async recognizes(folder) {
    return (
      (await findCaseFile([folder], ["metrics.csv"])) !== null &&
      (await findCaseFile([folder], ["target.json"])) !== null
    );
  },
  async read(folder) {
    const up = [folder, dirname(folder), dirname(dirname(folder))];
    const normalFolders = up.map((place) => join(place, "noissue"));
    const metricsPath = await need([folder], "metrics.csv");
    const normalPath = await need(normalFolders, "metrics.csv");
    const target = await readTarget(await need([folder], "target.json"));
    const graphPath = await findCaseFile([...up, ...normalFolders], ["graph.csv"]);

    const normal = await readMetrics(normalPath);
    const trouble = await readMetrics(metricsPath);
    const edges = graphPath === null ? [] : readGraph(graphPath, readCsv(graphPath, await readCaseText(graphPath)));
    const triggeredAt = target.timestamp * 1000;
    const keys = [...new Set([...normal.keys(), ...trouble.keys()])].sort();
    const series = keys.map((key) => joined(key, normal.get(key), trouble.get(key), basename(folder)));
    const components = new Set([
      ...series.map(({ component }) => component),
      ...edges.flatMap(({ from, to }) => [from, to]),
      target.node,
    ]);
    const observations: Observations = {
      baseline: spanOf([...normal.values()]),
      incident: { from: triggeredAt, to: spanOf([...trouble.values()]).to },
      target: {
        component: target.node,
        measure: measureOfMetric({ name: target.metric }),
        seriesId: series.find(({ id }) => id === seriesId(target.node, target.metric, target.agg))?.id ?? null,
      },
      components: [...components].sort().map(componentOf),
      edges,
      series,
      logs: [],
      operations: [],
      changes: [],
      gaps: graphPath === null ? ["There is no graph.csv, so it is not known who calls whom."] : [],
    };
    return { observations, changes: [], commits: [] };
  },
};

async function need(folders: readonly string[], name: string): Promise<string> {
  const path = await findCaseFile(folders, [name]);
  if (path !== null) return path;
  throw caseFileError({
    file: join(folders[0] ?? "", name),
    reason: "there is no such file",
    remedy: `A case of this format has it in ${folders.join(" or ")}.`,
  });
}

async function readTarget(path: string) {
  const text = await readCaseText(path);
  try {
    return targetSchema.parse(JSON.parse(text)).target;
  } catch (cause) {
    throw caseFileError({
      file: path,
      reason: cause instanceof z.ZodError ? z.prettifyError(cause).replaceAll("\n", " ") : (cause as Error).message,
      remedy: 'It reads {"target":{"node","metric","agg","timestamp"}} with the timestamp in seconds.',
      cause,
    });
  }
}

interface Column {
  readonly component: string;
  readonly metric: string;
  readonly statistic: string;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

function seriesId(component: string, metric: string, statistic: string): string {
  return `${component} ${metric} ${statistic}`;
}

async function readMetrics(path: string): Promise<Map<string, Column>> {
  const [nodes, metrics, statistics, ...rest] = readCsv(path, await readCaseText(path));
  // pandas writes the index' name in a row of its own.
  const rows =
    rest[0]?.cells.slice(1).every((cell) => cell === "") === true && Number.isNaN(Number(rest[0].cells[0]))
      ? rest.slice(1)
      : rest;
  if (nodes === undefined || metrics === undefined || statistics === undefined || rows.length === 0)
    throw caseFileError({ file: path, reason: "it has no rows", remedy: "It has three heading rows, then values." });
  const heads = nodes.cells.slice(1).map((component, at) => ({
    component,
    metric: metrics.cells[at + 1] ?? "",
    statistic: statistics.cells[at + 1] ?? "",
  }));
  const table = readWideTable(
    path,
    rows,
    heads.map(({ component, metric }) => `${component} ${metric}`),
  );
  return new Map(
    heads.map((head, at) => [
      seriesId(head.component, head.metric, head.statistic),
      { ...head, times: table.times, values: table.columns[at] ?? new Float64Array(0) },
    ]),
  );
}

function joined(id: string, normal: Column | undefined, trouble: Column | undefined, folder: string): Series {
  const head = trouble ?? normal;
  const metric = head?.metric ?? "";
  return {
    id,
    component: head?.component ?? "",
    measure: measureOfMetric({ name: metric }),
    metric,
    statistic: head?.statistic.toLowerCase() ?? null,
    unit: null,
    callee: null,
    ...mergePoints([normal, trouble].flatMap((column) => column ?? [])),
    ref: `file:${folder}/metrics.csv#${id}`,
  };
}

function spanOf(columns: readonly Column[]): { from: number; to: number } {
  const times = columns[0]?.times ?? new Float64Array(0);
  const from = times[0] ?? 0;
  const last = times[times.length - 1] ?? 0;
  const step = times.length < 2 ? 1 : Math.min(STEP_MAX_MS, (last - from) / (times.length - 1));
  return { from, to: last + Math.max(1, step) };
}

function readGraph(path: string, rows: readonly CsvRow[]): Edge[] {
  const [head, ...body] = rows;
  const callees = head?.cells.slice(1) ?? [];
  return body.flatMap(({ line, cells }) => {
    if (cells.length !== callees.length + 1)
      throw caseFileError({
        file: path,
        line,
        reason: `it has ${cells.length} cells, the heading has ${callees.length + 1}`,
        remedy: "It is a square matrix: one row and one column for each node, 1 where the row calls the column.",
      });
    const from = cells[0] ?? "";
    return callees.flatMap((to, at) => (Number(cells[at + 1] ?? 0) > 0 && to !== from ? [{ from, to }] : []));
  });
}

/** What a node is, by the type that the tracer appends to its name (AWS X-Ray: `name_AWS::DynamoDB::Table`, `host_remote`). */
function componentOf(key: string): Component {
  const kind = /(Database::SQL|DynamoDB(::Table)?|RDS[^_]*)$/u.test(key)
    ? "database"
    : /SQS::Queue$/u.test(key)
      ? "queue"
      : /_remote$/u.test(key)
        ? "external"
        : "service";
  return { key, name: key, kind, isOwned: null, partOf: null };
}
