import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nezhaReader } from "./read-nezha.ts";
import { serviceOfPod } from "./service-of-pod.ts";

let set = "";
let folder = "";
beforeEach(async () => {
  set = await mkdtemp(join(tmpdir(), "culprit-nezha-"));
  folder = join(set, "case_1");
  for (const name of ["case_1", "normal/2023-01-29", "metric/2023-01-29"])
    await mkdir(join(set, name), { recursive: true });
  await put("case_1/case.json", '{"day":"2023-01-29","startedAt":"2023-01-29T09:00:00Z"}');
});
afterEach(() => rm(set, { recursive: true, force: true }));

const put = (name: string, text: string) => writeFile(join(set, name), name.endsWith(".gz") ? gzipSync(text) : text);
const startNs = (second: number) => `${Date.parse("2023-01-29T09:00:00Z") + second * 1000}000000`;
const pod = (service: string) => `${service}-5fcd447d84-wxwjd`;
const traceHead = "TraceID,SpanID,ParentID,PodName,OperationName,StartTimeUnixNano,EndTimeUnixNano,Duration\n";
const logHead = "Timestamp,TimeUnixNano,Node,PodName,Container,TraceID,SpanID,Log\n";
const span = (trace: string, id: string, parent: string, service: string, second: number) =>
  `${trace},${id},${parent},${pod(service)},op-${service},${startNs(second)},${startNs(second + 1)},40\n`;
const line = (trace: string, id: string, service: string, second: number, text: string) =>
  `t,${startNs(second)},node,${pod(service)},server,${trace},${id},"{""log"":""12:00:00.000 ERROR a.b.C#1 ${text}\\n""}"\n`;
const [traceA, traceB, spanA, spanB] = ["a".repeat(32), "b".repeat(32), "1".repeat(16), "2".repeat(16)];

test("a case is read with its normal minute and the pods' metrics of the hour before", async () => {
  await put(
    "case_1/0_trace.csv.gz",
    traceHead + span(traceA, spanA, "root", "web", 5) + span(traceA, spanB, spanA, "cart", 5),
  );
  await put("case_1/0_log.csv.gz", logHead + line(traceA, spanB, "cart", 5, "cart 17 failed"));
  await put("case_1/1_log.csv.gz", logHead + line(traceA, spanB, "cart", 5, "cart 17 failed"));
  await put("normal/2023-01-29/trace.csv.gz", traceHead + span(traceB, spanB, "root", "cart", -900));
  await put("normal/2023-01-29/log.csv.gz", logHead);
  const rows = [-30, -20, 1].map(
    (minute) => `x,${Date.parse("2023-01-29T09:00:00Z") / 1000 + minute * 60},${pod("cart")},3,20,0.5,9,0.9,40\n`,
  );
  await put(
    "metric/2023-01-29/cart_metric.csv.gz",
    `Time,TimeStamp,PodName,CpuUsage(m),CpuUsageRate(%),PodServerLatencyP99(s),SyscallRead,PodClientLatencyP99(s),NodeCpuUsageRate(%)\n${rows.join("")}`,
  );
  expect(await nezhaReader.recognizes(folder)).toBe(true);
  const { observations } = await nezhaReader.read(folder);
  expect(observations.components.map(({ key }) => key)).toEqual(["cart", "web"]);
  expect(observations.edges).toEqual([{ from: "web", to: "cart" }]);
  // The line of the overlapping file counts once.
  expect(observations.logs).toMatchObject([
    { component: "cart", template: "cart <*> failed", severity: "error", incidentCount: 1 },
  ]);
  expect(observations.operations.find(({ operation }) => operation === "op-cart")).toMatchObject({
    baseline: { medianMs: 1000 },
    incident: { medianMs: 1000 },
  });
  expect(observations.series.map(({ metric, measure }) => [metric, measure])).toEqual([
    ["CpuUsageRate", "cpu"],
    ["PodServerLatencyP99", "latency"],
    ["SyscallRead", "other"],
  ]);
  expect(observations.gaps).toContain("There is no 1_trace.csv in case_1.");
});

test("a missing normal minute and missing metrics are gaps, a heading without a column is a fault with its place", async () => {
  await put("case_1/0_trace.csv.gz", traceHead + span(traceA, spanA, "root", "web", 5));
  const { observations } = await nezhaReader.read(folder);
  expect(observations.gaps.join(" ")).toContain("There are no metrics of 2023-01-29.");
  await put("case_1/0_log.csv.gz", "Timestamp,Log\n");
  await expect(nezhaReader.read(folder)).rejects.toThrow(/0_log\.csv\.gz, line 1: the heading lacks TimeUnixNano/);
});

test.each([
  ["ts-basic-service-5dc8d4f9fd-46997", "ts-basic-service"],
  ["carts-db-0", "carts-db"],
  ["front-end", "front-end"],
])("pod %s is of the service %s", (name, service) => {
  expect(serviceOfPod(name)).toBe(service);
});
