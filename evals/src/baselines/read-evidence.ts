import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { caseComponentSchema, caseFileSchema } from "@culprit/contract";
import { z } from "zod";
import type { Evidence, EvidenceSeries } from "./evidence.ts";

/*
 * The baselines read the sets with code of their own, small and strict, so that what they score doesn't hang on the engine's
 * readers. Values before the trouble and during it; nothing is cleaned.
 */

const cells = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/\r$/, "").split(","));
const number = (cell: string | undefined) => (cell === undefined || cell === "" ? Number.NaN : Number(cell));

async function readText(path: string): Promise<string> {
  const body = await readFile(path);
  return (path.endsWith(".gz") ? gunzipSync(body) : body).toString("utf8");
}

/** Columns of a wide table: the name of each, and its values. */
function columns(rows: readonly (readonly string[])[], headRows: number): Map<string, number[]> {
  const [first = []] = rows;
  const body = rows.slice(headRows);
  return new Map(
    first.slice(1).map((_, at) => [
      rows
        .slice(0, headRows)
        .map((row) => row[at + 1] ?? "")
        .join("\t"),
      body.map((row) => number(row[at + 1])),
    ]),
  );
}

const targetSchema = z.object({ target: z.object({ node: z.string(), metric: z.string() }) });

async function readPetshop(dir: string): Promise<Evidence> {
  const root = dirname(dir);
  const normal = columns(cells(await readText(join(root, "noissue/metrics.csv"))), 3);
  const bad = columns(cells(await readText(join(dir, "metrics.csv"))), 3);
  const { target } = targetSchema.parse(JSON.parse(await readText(join(dir, "target.json"))));
  const series = [...bad].flatMap(([key, values]): EvidenceSeries[] => {
    const [component = "", metric = ""] = key.split("\t");
    const usual = normal.get(key);
    // Five rows: two before the trigger, three from it on.
    return usual === undefined
      ? []
      : [{ component, metric: key.slice(component.length + 1) || metric, normal: usual, bad: values.slice(2) }];
  });
  const [head = [], ...rows] = cells(await readText(join(root, "graph.csv")));
  const edges = rows.flatMap((row) =>
    row.slice(1).flatMap((cell, at) => (number(cell) > 0 ? [{ from: row[0] ?? "", to: head[at + 1] ?? "" }] : [])),
  );
  return {
    components: [...new Set([...series.map(({ component }) => component), ...head.slice(1)])],
    edges,
    series,
    target: target.node,
  };
}

async function readSockshop(dir: string): Promise<Evidence> {
  const normal = columns(cells(await readText(join(dir, "normal.csv.gz"))), 1);
  const bad = columns(cells(await readText(join(dir, "anomalous.csv.gz"))), 1);
  const series = [...bad].map(([key, values]): EvidenceSeries => {
    const [component = "", ...metric] = key.split("_");
    return { component, metric: metric.join("_"), normal: normal.get(key) ?? [], bad: values };
  });
  return { components: [...new Set(series.map(({ component }) => component))], edges: [], series, target: null };
}

/** Cases in Culprit's own files; counters become growth between rows. */
async function readCulprit(dir: string): Promise<Evidence> {
  const about = caseFileSchema.parse(JSON.parse(await readText(join(dir, "case.json"))));
  const components = caseComponentSchema.array().parse(JSON.parse(await readText(join(dir, "components.json"))));
  const edgesFile = join(dir, "edges.csv");
  const edges = existsSync(edgesFile)
    ? cells(await readText(edgesFile))
        .slice(1)
        .map(([from = "", to = ""]) => ({ from, to }))
    : [];
  const [badFrom, baseFrom] = [Date.parse(about.incident.from), Date.parse(about.baseline.from)];
  const found = new Map<string, { component: string; metric: string; normal: number[]; bad: number[]; last: number }>();
  const file = join(dir, "metrics.csv");
  for (const [
    time = "",
    component = "",
    metric = "",
    kind = "",
    statistic = "",
    ,
    callee = "",
    labels = "",
    value,
  ] of existsSync(file) ? cells(await readText(file)).slice(1) : []) {
    const key = [component, metric, statistic, callee, labels].join("\t");
    const series = found.get(key) ?? {
      component: callee === "" ? component : component,
      metric: key,
      normal: [],
      bad: [],
      last: Number.NaN,
    };
    found.set(key, series);
    const raw = number(value);
    const grown = kind === "counter" ? (raw >= series.last ? raw - series.last : Number.NaN) : raw;
    series.last = raw;
    const at = Number(time);
    if (at >= badFrom) series.bad.push(grown);
    else if (at >= baseFrom) series.normal.push(grown);
  }
  return {
    components: components.map(({ key }) => key),
    edges,
    series: [...found.values()],
    target: about.target?.component ?? null,
  };
}

const readers = { petshop: readPetshop, sockshop: readSockshop, culprit: readCulprit } as const;
export type EvidenceFormat = keyof typeof readers;

/** What the baselines see of one case. */
export function readEvidence(format: EvidenceFormat, dir: string): Promise<Evidence> {
  return readers[format](dir);
}
