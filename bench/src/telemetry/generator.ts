import { gzipSync } from "node:zlib";
import { Connection } from "../load/connection.ts";
import { percentile } from "../shared/numbers.ts";
import type { TelemetryPhase, TelemetryResult } from "./phase.ts";
import {
  fillOtlpPoints,
  fillPoints,
  fillSpans,
  OTLP_POINTS_PER_REQUEST,
  otlpPointsTemplate,
  pointsTemplate,
  SERIES,
  SERIES_PER_REQUEST,
  SPANS_PER_REQUEST,
  STEP_MS,
  spansTemplate,
} from "./requests.ts";

/**
 * The load generator of telemetry: a process of its own. Each connection sends its next request when the last one is answered, or, with a
 * `perSecond`, when its turn has come.
 */

const REQUESTS = SERIES / SERIES_PER_REQUEST;
const points = Array.from({ length: REQUESTS }, (_, index) => pointsTemplate(index * SERIES_PER_REQUEST));
const otlpPoints = otlpPointsTemplate();
const sizes = {
  points: SERIES_PER_REQUEST,
  "otlp-points": OTLP_POINTS_PER_REQUEST,
  spans: SPANS_PER_REQUEST,
  "spans-gzip": SPANS_PER_REQUEST,
};
const spans = Array.from({ length: 25 }, (_, index) => spansTemplate(index));
/** Requests of points by the port they went to: what the floor is sent must not move the time of what Culprit is sent. */
const pointsSentTo = new Map<number, number>();
let spansSent = 0;

process.on("message", (phase: TelemetryPhase) => {
  void run(phase).then((result) => process.send?.(result));
});

function run(phase: TelemetryPhase): Promise<TelemetryResult> {
  const { promise, resolve } = Promise.withResolvers<TelemetryResult>();
  const latencies: number[] = [];
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const endsAt = startedAt + phase.seconds * 1000;
  let [sent, records, rejected, failed, underWay, bytes, due] = [0, 0, 0, 0, 0, 0, startedAt];
  const size = sizes[phase.door];
  const everyMs = phase.perSecond === 0 ? 0 : (size / phase.perSecond) * 1000;
  const connections = Array.from({ length: phase.connections }, () => new Connection(phase.port));

  const finish = () => {
    for (const connection of connections) connection.close();
    const { user, system } = process.cpuUsage(cpuBefore);
    resolve({
      records,
      rejected,
      failed,
      seconds: (performance.now() - startedAt) / 1000,
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      wireBytes: bytes / Math.max(1, sent),
      cpuSeconds: (user + system) / 1_000_000,
      newestMs:
        phase.door === "points"
          ? phase.beginMs + Math.floor((pointsSentTo.get(phase.port) ?? 0) / REQUESTS) * STEP_MS
          : Date.now(),
    });
  };

  const next = (connection: Connection) => {
    const now = performance.now();
    if (now >= endsAt || (phase.recordsMax > 0 && sent * size >= phase.recordsMax)) {
      if (underWay === 0) finish();
      return;
    }
    if (everyMs > 0 && due > now) {
      due += everyMs;
      setTimeout(() => send(connection), due - everyMs - now);
      underWay += 1;
      return;
    }
    due = Math.max(due + everyMs, now - 1000);
    underWay += 1;
    send(connection);
  };
  const send = (connection: Connection) => {
    const request = requestOf(phase);
    const sentAt = performance.now();
    sent += 1;
    bytes += request.length;
    connection.send(request, (status) => {
      underWay -= 1;
      if (status >= 200 && status < 300) {
        latencies.push(performance.now() - sentAt);
        records += size;
        next(connection);
        return;
      }
      if (status === 429) rejected += 1;
      else failed += 1;
      setTimeout(() => next(connection), 20);
    });
  };
  for (const connection of connections) next(connection);
  return promise;
}

function requestOf(phase: TelemetryPhase): Buffer {
  const protobuf = "content-type: application/x-protobuf";
  if (phase.door === "otlp-points")
    return http(phase, "/v1/metrics", [protobuf], fillOtlpPoints(otlpPoints, Date.now()));
  if (phase.door !== "points") {
    const template = spans[spansSent++ % spans.length];
    if (template === undefined) throw new Error("there is no request");
    const body = fillSpans(template, Date.now() - 100);
    if (phase.door === "spans") return http(phase, "/v1/traces", [protobuf], body);
    return http(phase, "/v1/traces", [protobuf, "content-encoding: gzip"], gzipSync(body, { level: 1 }));
  }
  const before = pointsSentTo.get(phase.port) ?? 0;
  const [index, round] = [before % REQUESTS, Math.floor(before / REQUESTS)];
  pointsSentTo.set(phase.port, before + 1);
  const template = points[index];
  if (template === undefined) throw new Error("there is no request");
  const headers = [...[protobuf, "content-encoding: snappy", "x-prometheus-remote-write-version: 0.1.0"]];
  return http(phase, "/api/v1/write", headers, fillPoints(template, phase.beginMs + round * STEP_MS, round));
}

function http(phase: TelemetryPhase, path: string, headers: readonly string[], body: Buffer): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    ...["host: 127.0.0.1", `authorization: Bearer ${phase.ingestKey}`, `content-length: ${body.length}`, ...headers],
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}
