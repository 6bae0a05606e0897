import { percentile } from "../shared/numbers.ts";
import { Connection } from "./connection.ts";
import { envelope, ingestBody } from "./events.ts";
import type { FromGenerator, Phase, PhaseResult, ToGenerator } from "./phase.ts";
import { fill, makeTemplate, newEventId, type Target, type Template } from "./template.ts";

/**
 * The load generator: a process of its own, told what to do by messages from the bench. Each connection sends its next
 * request when the last one is answered, so the load is as high as the server lets it be and never more than
 * `connections` requests are under way.
 */

/** Requests per fingerprint that differ in their text. */
const VARIANTS = 3;

let templates: Template[][] = [];
let phase: Phase | null = null;

process.on("message", (message: ToGenerator) => {
  if ("prepare" in message) {
    phase = message.prepare;
    templates = prepare(phase);
    tell({ ready: true });
  } else if (phase !== null) {
    void run(phase).then((result) => tell({ result }));
  }
});

function tell(message: FromGenerator): void {
  process.send?.(message);
}

function prepare(phase: Phase): Template[][] {
  const target = targetOf(phase);
  const body = phase.door === "sentry" ? envelope : ingestBody;
  return Array.from({ length: phase.fingerprintsKnown + phase.fingerprintsNew }, (_, fingerprint) =>
    Array.from({ length: VARIANTS }, (_, variant) =>
      makeTemplate(target, body({ fingerprint, variant }, phase.padBytes)),
    ),
  );
}

function targetOf({ door, dsnNumber, ingestKey }: Phase): Target {
  return door === "sentry"
    ? {
        path: `/api/${dsnNumber}/envelope/`,
        headers: {
          "content-type": "application/x-sentry-envelope",
          "x-sentry-auth": `Sentry sentry_version=7, sentry_client=bench/1, sentry_key=${ingestKey}`,
        },
      }
    : { path: "/api/ingest", headers: { "content-type": "application/json", authorization: `Bearer ${ingestKey}` } };
}

function run(phase: Phase): Promise<PhaseResult> {
  const { promise, resolve } = Promise.withResolvers<PhaseResult>();
  const durationMs = phase.seconds * 1000;
  const latencies = new Float64Array(phase.requestsMax);
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  let [sent, acknowledged, rejected, failed, underWay, wireBytes, jsonBytes] = [0, 0, 0, 0, 0, 0, 0];
  const connections = Array.from({ length: phase.connections }, () => new Connection(phase.port));

  const finish = () => {
    const seconds = (performance.now() - startedAt) / 1000;
    for (const connection of connections) connection.close();
    const { user, system } = process.cpuUsage(cpuBefore);
    const measured = latencies.subarray(0, acknowledged);
    resolve({
      acknowledged,
      rejected,
      failed,
      seconds,
      p50Ms: percentile(measured, 0.5),
      p99Ms: percentile(measured, 0.99),
      wireBytes: wireBytes / Math.max(1, sent),
      jsonBytes: jsonBytes / Math.max(1, sent),
      cpuSeconds: (user + system) / 1_000_000,
    });
  };

  const next = (connection: Connection) => {
    const now = performance.now();
    if (now - startedAt >= durationMs || sent >= phase.requestsMax) {
      if (underWay === 0) finish();
      return;
    }
    const shown = phase.fingerprintsKnown + Math.floor((phase.fingerprintsNew * (now - startedAt)) / durationMs);
    const variants = templates[Math.floor(Math.random() * shown)] ?? [];
    const template = variants[sent % VARIANTS];
    if (template === undefined) throw new Error("a phase needs at least one known fingerprint");
    sent += 1;
    underWay += 1;
    wireBytes += template.wireBytes;
    jsonBytes += template.jsonBytes;
    connection.send(fill(template, newEventId()), (status) => {
      underWay -= 1;
      if (status >= 200 && status < 300) {
        latencies[acknowledged] = performance.now() - now;
        acknowledged += 1;
      } else if (status === 429) {
        rejected += 1;
      } else {
        failed += 1;
      }
      // A server that answers at once with an error must not be hammered.
      if (status >= 200 && status < 300) next(connection);
      else setTimeout(() => next(connection), 20);
    });
  };
  for (const connection of connections) next(connection);
  return promise;
}
