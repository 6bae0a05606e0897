import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** How large a case is: series in all, and points of each, a quarter of them in the trouble. */
export interface CaseSize {
  readonly series: number;
  readonly points: number;
}

const STEP_MS = 15_000;
const START_MS = Date.UTC(2026, 2, 4, 9);
const metrics = [
  { name: "http_server_requests", unit: "1/s", level: 80 },
  { name: "http_server_request_duration_seconds", unit: "s", level: 0.12 },
  { name: "http_server_error_ratio", unit: "1", level: 0.002 },
  { name: "process_cpu_utilization", unit: "1", level: 0.3 },
  { name: "process_memory_usage_bytes", unit: "By", level: 4e8 },
] as const;

/** The component that is at fault, which Culprit has to name. */
export const faulty = "service-1";

/**
 * Writes a case in the format `culprit`: services that call each other as a tree, five series each; one of them becomes slow and busy, and whoever calls it waits.
 */
export function writeCulpritCase(folder: string, size: CaseSize): void {
  mkdirSync(folder, { recursive: true });
  const [services, from] = [serviceCount(size), faultAt(size)];
  const at = (step: number) => new Date(START_MS + step * STEP_MS).toISOString();
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
  put(
    "case.json",
    JSON.stringify({
      format: "culprit",
      version: 1,
      baseline: { from: at(0), to: at(from) },
      incident: { from: at(from), to: at(size.points) },
      target: { component: "service-0", metric: "http_server_request_duration_seconds" },
    }),
  );
  const callees = Array.from({ length: services - 1 }, (_, index) => `service-${index >> 1},service-${index + 1}`);
  put("edges.csv", ["from,to", ...callees].join("\n"));
  const random = randomFrom(size.series * 7919 + size.points);
  const rows = ["time,component,metric,unit,value"];
  for (let series = 0; series < size.series; series += 1) {
    const [service, metric] = [Math.floor(series / metrics.length), metrics[series % metrics.length] ?? metrics[0]];
    for (let step = 0; step < size.points; step += 1)
      rows.push(
        `${at(step)},service-${service},${metric.name},${metric.unit},${drawValue(service, metric, step >= from, random)}`,
      );
  }
  put("metrics.csv", rows.join("\n"));
}

/** Writes the same series as a table with a column for each, the layout of RCAEval: five times smaller, so that large sizes stay handy. */
export function writeWideCase(folder: string, size: CaseSize): void {
  mkdirSync(folder, { recursive: true });
  const from = faultAt(size);
  const random = randomFrom(size.series * 7919 + size.points);
  const short = ["load", "latency", "error", "cpu", "mem"];
  const columns = Array.from(
    { length: size.series },
    (_, series) => `service-${Math.floor(series / 5)}_${short[series % 5]}`,
  );
  const rows = [["time", ...columns].join(",")];
  for (let step = 0; step < size.points; step += 1) {
    const cells = columns.map((_, series) =>
      drawValue(Math.floor(series / 5), metrics[series % 5] ?? metrics[0], step >= from, random),
    );
    rows.push([(START_MS + step * STEP_MS) / 1000, ...cells].join(","));
  }
  writeFileSync(join(folder, "data.csv"), rows.join("\n"));
  writeFileSync(join(folder, "inject_time.txt"), String((START_MS + from * STEP_MS) / 1000));
}

function serviceCount({ series }: CaseSize): number {
  return Math.ceil(series / metrics.length);
}

function faultAt({ points }: CaseSize): number {
  return Math.floor(points * 0.75);
}

function drawValue(
  service: number,
  { name, level }: (typeof metrics)[number],
  isFaulty: boolean,
  random: () => number,
): string {
  let value = level * Math.exp(0.15 * (random() + random() + random() - 1.5));
  if (isFaulty && service === 1 && name.includes("cpu")) value *= 3;
  if (isFaulty && service === 1 && name.includes("duration")) value *= 8;
  if (isFaulty && service === 0 && name.includes("duration")) value += 3 * level;
  return value.toPrecision(5);
}

/** A linear congruential generator: the same case on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed % 2_147_483_648;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
