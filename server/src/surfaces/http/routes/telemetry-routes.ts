import type { FastifyInstance, FastifyReply } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import type { LatencyThresholds } from "../../../domains/detection/index.ts";
import type { Intake } from "../../../domains/intake/index.ts";
import type { Telemetry } from "../../../domains/telemetry/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import {
  encodeOtlpReply,
  type Rejected,
  readOtlpLogs,
  readOtlpMetrics,
  readOtlpTraces,
  refuseOtherSignal,
} from "../../../vendors/otlp/index.ts";
import {
  type RemoteWrite,
  readRemoteWrite,
  remoteWriteVersion,
  SeriesMemory,
} from "../../../vendors/prometheus/index.ts";
import { basicPassword, bearerToken, requireIngestKey } from "../authenticate.ts";
import { bytesOf, projectOf, takeBytes } from "../ingest-door.ts";

export interface TelemetryRouteDeps {
  readonly intake: Intake;
  readonly telemetry: Telemetry;
  /** The service that a project is where its telemetry names none. */
  readonly serviceOf: (projectId: string) => Promise<string>;
  /** How long requests may take; left out where nobody looks. */
  readonly latency?: Pick<LatencyThresholds, "of"> | undefined;
  readonly keys: KeyRing;
  readonly bodyBytesMax: number;
  readonly inflatedBytesMax: number;
}

/**
 * The doors for telemetry: OTLP/HTTP and Prometheus's remote-write. Each request is authenticated and admitted (rate, queue, disk) by its headers alone, before a byte of its
 * body is read, and answered after the commit of what must not be lost; `domains/telemetry/accept/telemetry.ts` says what that is.
 */
export function registerTelemetryRoutes(app: FastifyInstance, deps: TelemetryRouteDeps): void {
  const { intake, telemetry, keys } = deps;
  const body = { turn: () => intake.turn(), inflatedBytesMax: deps.inflatedBytesMax };
  const metadata = new Map<string, RemoteWrite["metadata"]>();
  const memory = new SeriesMemory();
  takeBytes(app, deps.bodyBytesMax);
  app.addHook("onRequest", async (request) => {
    request.keyHolder = await requireIngestKey(bearerToken(request) ?? basicPassword(request), keys, request.ip);
    telemetry.admit(request.keyHolder.projectId);
    if (request.routeOptions.url !== "/v1/metrics" && request.routeOptions.url !== "/api/v1/write")
      intake.admit(request.keyHolder.projectId);
  });

  app.post("/v1/traces", async (request, reply) => {
    const contentType = request.headers["content-type"] ?? "application/x-protobuf";
    const [bytes, known] = [await bytesOf(request, body), await contextOf(projectOf(request))];
    const ctx = { ...known, slow: await deps.latency?.of(projectOf(request)) };
    const { events, ignored, records, revisions, warnings } = readOtlpTraces(bytes, contentType, ctx);
    intake.countIgnored(ignored);
    if (records.length === 0) refuseOtherSignal(bytes, contentType, "traces");
    // Before the signals: a revision began to run when it first served, not when it first failed.
    await intake.observe(projectOf(request), revisions, ctx.receivedAt);
    // Signals first: sent again they count once, while a figure that is derived from spans would count twice.
    await intake.accept(projectOf(request), events, ctx.receivedAt);
    const accepted = await telemetry.acceptSpans(projectOf(request), records);
    const told = { reasons: accepted.rejected, warnings: { ...warnings, ...accepted.warnings } };
    return answer(reply, contentType, { field: "rejectedSpans", ...told });
  });

  app.post("/v1/logs", async (request, reply) => {
    const contentType = request.headers["content-type"] ?? "application/x-protobuf";
    const [bytes, ctx] = [await bytesOf(request, body), await contextOf(projectOf(request))];
    const { events, records, revisions, warnings } = readOtlpLogs(bytes, contentType, ctx);
    if (records.length === 0) refuseOtherSignal(bytes, contentType, "logs");
    await intake.observe(projectOf(request), revisions, ctx.receivedAt);
    await intake.accept(projectOf(request), events, ctx.receivedAt);
    const reasons = await telemetry.acceptLogs(projectOf(request), records);
    return answer(reply, contentType, { field: "rejectedLogRecords", reasons, warnings });
  });

  app.post("/v1/metrics", async (request, reply) => {
    const contentType = request.headers["content-type"] ?? "application/x-protobuf";
    const [bytes, ctx] = [await bytesOf(request, body), await contextOf(projectOf(request))];
    const { samples, rejected, warnings } = readOtlpMetrics(bytes, contentType, ctx);
    if (samples.length === 0) refuseOtherSignal(bytes, contentType, "metrics");
    telemetry.countRejected(rejected);
    const reasons = { ...rejected, ...(await telemetry.acceptMetrics(projectOf(request), samples)) };
    return answer(reply, contentType, { field: "rejectedDataPoints", reasons, warnings });
  });

  app.post("/api/v1/write", async (request, reply) => {
    const version = remoteWriteVersion(request.headers["content-type"], request.headers["content-encoding"]);
    const projectId = projectOf(request);
    await intake.turn();
    const within = telemetry.bounds();
    const written = readRemoteWrite(request.body, version, {
      ...(await contextOf(projectId)),
      inflatedBytesMax: deps.inflatedBytesMax,
      known: metadata.get(projectId) ?? new Map(),
      memory,
      within,
    });
    metadata.set(projectId, written.metadata);
    telemetry.countRejected(written.ignored);
    await telemetry.acceptMetrics(projectId, written.samples, within);
    reply
      .header("x-prometheus-remote-write-samples-written", written.counts.samples)
      .header("x-prometheus-remote-write-histograms-written", written.counts.histograms)
      .header("x-prometheus-remote-write-exemplars-written", 0);
    // Both versions want 400 for a request of which a part is refused, and forbid to send it again; the valid rest may be stored.
    if (written.refused > 0)
      throw new CulpritError(
        "INVALID_REQUEST",
        `Of the samples ${written.refused} are older than what is kept, or more than an hour ahead; the others are stored.`,
        { details: { field: "timestamp" } },
      );
    return reply.code(204).send();
  });

  async function contextOf(projectId: string) {
    return { receivedAt: new Date(), fallbackService: await deps.serviceOf(projectId) };
  }
}

function answer(reply: FastifyReply, contentType: string, rejected: Rejected) {
  const { contentType: type, body } = encodeOtlpReply(contentType, rejected);
  return reply.code(200).header("content-type", type).send(body);
}
