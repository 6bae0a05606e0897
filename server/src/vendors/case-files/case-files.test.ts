import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { caseFormatOf, readCase } from "./index.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "culprit-case-"));
});
afterEach(() => rm(root, { recursive: true }));

async function put(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
}

const caseJson = JSON.stringify({
  format: "culprit",
  version: 1,
  baseline: { from: "2026-03-04T09:00:00Z", to: "2026-03-04T10:00:00Z" },
  incident: { from: "2026-03-04T10:00:00Z", to: "2026-03-04T10:15:00Z" },
  target: { component: "web", metric: "http_server_request_duration_seconds" },
});

describe("the layout is told from the files", () => {
  test("Culprit's own: counters come as growth a second, rows in any order, what is missing is said", async () => {
    await put({
      "case.json": caseJson,
      "metrics.csv":
        "time,component,metric,kind,value\n2026-03-04T10:00:20Z,web,http_requests_total,counter,30\n2026-03-04T10:00:00Z,web,http_requests_total,counter,10\n2026-03-04T10:00:10Z,web,http_requests_total,counter,\n2026-03-04T10:00:00Z,web,http_server_request_duration_seconds,,0.2\n",
      "edges.csv": "from,to\nweb,db\n",
    });
    const { format, observations } = await readCase(root, null);
    expect(format).toBe("culprit");
    expect(observations.components.map(({ key }) => key)).toEqual(["web", "db"]);
    expect(observations.target).toMatchObject({ component: "web", measure: "latency" });
    const [requests] = observations.series;
    expect([requests?.measure, [...(requests?.values ?? [])]]).toEqual(["traffic", [1]]);
    expect(observations.gaps).toContain("There is no logs.ndjson.");
  });

  test("PetShop's: three heading rows, a matrix of calls, a normal time recorded later", async () => {
    const head = "microservice,a,b\nmetric,latency,availability\nstatistic,Average,Average\nunix_timestamp,,\n";
    await put({
      "noissue/metrics.csv": `${head}2000,0.1,100\n2300,,100\n`,
      "graph.csv": ",a,b\na,0,1\nb,0,0\n",
      "one/metrics.csv": `${head}1000,0.1,100\n1300,0.9,50\n`,
      "one/target.json": '{"target":{"node":"a","metric":"latency","agg":"Average","timestamp":1200}}',
    });
    const { format, observations } = await readCase(join(root, "one"), null);
    expect(format).toBe("petshop");
    expect(observations.edges).toEqual([{ from: "a", to: "b" }]);
    expect(observations.incident).toEqual({ from: 1_200_000, to: 1_600_000 });
    expect(observations.baseline.from).toBe(2_000_000);
    expect([...(observations.series[0]?.values ?? [])]).toEqual([0.1, 0.9, 0.1, Number.NaN]);
  });

  test("Sock Shop's: packed tables of a normal and an anomalous time", async () => {
    await put({
      "normal.csv.gz": gzipSync("time,front-end_cpu,carts-db_lat_99\n10,1,2\n11,1,2\n"),
      "anomalous.csv": "time,front-end_cpu,carts-db_lat_99\n20,5,2\n",
    });
    const { format, observations } = await readCase(root, null);
    expect(format).toBe("sockshop");
    expect(
      observations.series.map(({ component, metric, measure, statistic }) => [component, metric, measure, statistic]),
    ).toEqual([
      ["front-end", "cpu", "cpu", null],
      ["carts-db", "lat_99", "latency", "p99"],
    ]);
  });

  test("RCAEval's: one table and the instant of the fault", async () => {
    await put({ "data.csv": "time,cart_cpu,cart_latency-90\n10,1,2\n11,1,\n", "inject_time.txt": "11\n" });
    const { format, observations } = await readCase(root, null);
    expect(format).toBe("rcaeval");
    expect(observations.baseline.to).toBe(11_000);
    expect(observations.incident.from).toBe(11_000);
  });
});

test("a metrics.csv without a value is named as missing", async () => {
  for (const text of ["", "time,component,metric,value\n"]) {
    await put({ "case.json": caseJson.replace("web", "db"), "metrics.csv": text, "edges.csv": "from,to\nweb,db\n" });
    expect((await readCase(root, null)).observations.gaps, text).toContain("metrics.csv has no values.");
  }
});

test("an infinite value, of a counter too, is left out, counted and told", async () => {
  const rows = ["Infinity", "1e400", "-inf".replace("inf", "Infinity"), "3"].map(
    (value, at) => `2026-03-04T10:00:${10 + at}Z,web,http_requests_total,${at < 2 ? "counter" : "gauge"},${value}`,
  );
  await put({ "case.json": caseJson, "metrics.csv": ["time,component,metric,kind,value", ...rows, ""].join("\n") });
  const { observations } = await readCase(root, null);
  expect(observations.series.flatMap(({ values }) => [...values]).filter(Number.isFinite)).toHaveLength(0);
  expect(observations.gaps.join("\n")).toContain("3 values of metrics were left out: larger than anything");
});

describe("what can't be read is named with file, line and remedy", () => {
  test.each([
    [
      "a cell that is no number",
      { "data.csv": "time,a_cpu\n10,x\n", "inject_time.txt": "11" },
      /data\.csv, line 2: a_cpu is "x".*leave the cell empty/,
    ],
    [
      "a row of another width",
      { "data.csv": "time,a_cpu\n10,1,2\n", "inject_time.txt": "11" },
      /line 2: it has 3 cells, the heading has 2/,
    ],
    [
      "an instant that is none",
      { "data.csv": "time,a_cpu\n10,1\n", "inject_time.txt": "soon" },
      /inject_time\.txt, line 1: it reads "soon"/,
    ],
    [
      "a time without a zone",
      { "case.json": caseJson, "metrics.csv": "time,component,metric,value\nyesterday,a,cpu,1\n" },
      /metrics\.csv, line 2: time is "yesterday".*ISO 8601/,
    ],
    [
      "a time of day without a zone",
      { "case.json": caseJson, "metrics.csv": "time,component,metric,value\n2026-03-04T10:00:00,a,cpu,1\n" },
      /metrics\.csv, line 2: time is "2026-03-04T10:00:00", without a zone.*2026-03-04T10:15:30Z/,
    ],
    [
      "a log line without a zone",
      { "case.json": caseJson, "logs.ndjson": '{"time":"2026-03-04T10:00:00","component":"a","body":"x"}\n' },
      /logs\.ndjson, line 1: time: .*zone/,
    ],
    [
      "a case.json that is no JSON",
      { "case.json": '{ "format": ', "metrics.csv": "time,component,metric,value\n" },
      /case\.json: it is no JSON \(.*JSON.*\)/,
    ],
    ["a case.json of another format", { "case.json": '{"format":"x"}' }, /case\.json: format: .*culprit/],
    [
      "a baseline that reaches into the incident",
      { "case.json": caseJson.replace("10:00:00Z", "10:05:00Z") },
      /case\.json: baseline .* and incident .* overlap.*Let the baseline end/,
    ],
    [
      "two changes of one id",
      {
        "case.json": caseJson,
        "changes.json": JSON.stringify(
          ["a", "b"].map((title) => ({ id: "chg-1", kind: "config", at: "2026-03-04T09:59:00Z", title })),
        ),
        "edges.csv": "from,to\nweb,db\n",
      },
      /changes\.json: "chg-1" is the id of more than one change/,
    ],
    [
      "a column that is missing",
      { "case.json": caseJson, "metrics.csv": "time,component,value\n" },
      /metrics\.csv, line 1: the heading lacks metric/,
    ],
    [
      "a kind that there is not",
      { "case.json": caseJson, "metrics.csv": "time,component,metric,kind,value\n2026-03-04T10:00:00Z,a,cpu,sum,1\n" },
      /line 2: kind is "sum"/,
    ],
    [
      "a broken line of logs",
      { "case.json": caseJson, "logs.ndjson": '{"time":"2026-03-04T10:00:00Z","component":"a","body":"x"}\n{oops\n' },
      /logs\.ndjson, line 2: it is no JSON/,
    ],
    [
      "a quote that never ends",
      { "case.json": caseJson, "edges.csv": 'from,to\n"a,b\n' },
      /edges\.csv, line 2: a quoted cell never ends/,
    ],
  ] as const)("%s", async (_, files, message) => {
    await put(files);
    await expect(readCase(root, null)).rejects.toThrow(message);
  });

  test("a folder that is no case says by what each layout is told, and a wrong format names those there are", async () => {
    await expect(readCase(root, null)).rejects.toThrow(/rcaeval has data\.csv and inject_time\.txt.*--format/);
    await expect(readCase(join(root, "nowhere"), null)).rejects.toThrow(/is not there/);
    expect(() => caseFormatOf("excel")).toThrow(/no case format "excel".*culprit, petshop/);
  });
});
