import {
  type LogLines,
  logQuerySchema,
  type MetricNames,
  type MetricSeries,
  metricNamesQuerySchema,
  metricSeriesQuerySchema,
  type ReopenedEvidence,
  type Trace,
} from "@culprit/contract";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { KeyRing } from "../../../domains/access/index.ts";
import { serviceKeys } from "../../../domains/change/index.ts";
import { reopenEvidence } from "../../../domains/investigation/index.ts";
import type { StoredSeries, TelemetryReader, TelemetryStore, TimeWindow } from "../../../domains/telemetry/index.ts";
import type { Database, DatabaseScope } from "../../../platform/db/open-database.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId, toPublicId } from "../../../platform/ids/ids.ts";
import { chooseService } from "../../choose-service.ts";
import { requireCaller } from "../authenticate.ts";
import { projectOfRequest, tenantOf } from "../caller-scope.ts";

export interface TelemetryReadDeps {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly telemetryStore: TelemetryStore;
  readonly now: () => Date;
}

const HOUR_MS = 3_600_000;
const WINDOW_MAX_MS = 400 * 24 * HOUR_MS;
/** What a chart shows. */
const STEPS = 240;
const STEPS_MAX = 2_000;
const NAMED_SERIES_MAX = 20_000;

/** Reading telemetry as the caller: another's project holds nothing. */
export function registerTelemetryReadRoutes(app: FastifyInstance, deps: TelemetryReadDeps): void {
  const { database, keys: keyRing, telemetryStore, now } = deps;
  const reader = async (
    request: FastifyRequest,
  ): Promise<{ projectId: string; scope: DatabaseScope; read: TelemetryReader }> => {
    const caller = await requireCaller(request, { db: database.db, keys: keyRing });
    const { projectId, scope } = projectOfRequest(request, caller, database);
    return { projectId, scope, read: telemetryStore.asTenant(tenantOf({ ...caller, projectId })) };
  };
  /** The keys of the services that were named, of what is catalogued and of what sent metrics in the window. */
  const keysOf = async (
    { projectId, scope, read }: Awaited<ReturnType<typeof reader>>,
    named: readonly string[] | undefined,
    asked: TimeWindow & { readonly environment?: string | undefined },
  ): Promise<readonly string[] | undefined> => {
    const look = async () => {
      const { fromMs, toMs } = asked;
      const sent = await read.listSeries({ fromMs, toMs, projectId, seriesMax: NAMED_SERIES_MAX });
      return [...(await serviceKeys(scope.db, projectId)), ...sent.map(({ serviceKey }) => serviceKey)];
    };
    // Looked up once, however many are named.
    let looked: ReturnType<typeof look> | null = null;
    const known = () => {
      looked ??= look();
      return looked;
    };
    return named && Promise.all(named.map((one) => chooseService(one, asked.environment, known)));
  };

  app.get("/api/telemetry/metrics", async (request): Promise<MetricNames> => {
    const by = await reader(request);
    const { projectId, read } = by;
    const { service, environment, ...query } = metricNamesQuerySchema.parse(request.query);
    const asked = { ...windowOf(query, now()), environment };
    const filter = { ...asked, projectId, serviceKeys: await keysOf(by, service, asked) };
    const found = await read.listSeries({ ...filter, seriesMax: NAMED_SERIES_MAX });
    return {
      items: found.map(({ serviceKey, ...one }) => ({ service_key: serviceKey, ...one })),
      is_cut: found.reduce((sum, { series }) => sum + series, 0) >= NAMED_SERIES_MAX,
    };
  });

  app.get("/api/telemetry/series", async (request): Promise<MetricSeries> => {
    const by = await reader(request);
    const { projectId, read } = by;
    const { service, metric, environment, exact, step_s, max, ...query } = metricSeriesQuerySchema.parse(request.query);
    const window = windowOf(query, now());
    const stepMs = stepOf(window, step_s);
    const labels = labelsOf(query);
    const keys = await keysOf(by, service, { ...window, environment });
    const found = await read.readSeries({
      ...{
        ...window,
        projectId,
        serviceKeys: keys,
        metrics: metric,
        environment,
        labels,
        isExact: exact,
        stepMs,
        seriesMax: max,
      },
    });
    return {
      step_s: stepMs / 1000,
      items: found.map(seriesReply),
    };
  });

  app.get("/api/telemetry/logs", async (request): Promise<LogLines> => {
    const by = await reader(request);
    const { projectId, read } = by;
    const { service, severity, trace_id, template_id, words, limit, ...query } = logQuerySchema.parse(request.query);
    const window = windowOf(query, now());
    const asked = {
      ...{ ...window, serviceKeys: await keysOf(by, service, window), severityMin: severity },
      ...{ traceId: trace_id, templateId: template_id, words, limit },
    };
    const lines = await read.readLogs({ ...asked, projectId });
    return {
      items: lines.map((line) => ({
        ...{ at: new Date(line.atMs).toISOString(), service_key: line.serviceKey, environment: line.environment },
        ...{ severity: line.severity, body: line.body, trace_id: line.traceId, span_id: line.spanId },
        ...{ template_id: line.templateId, attributes: { ...line.attributes } },
      })),
      ref: read.refOf({ table: "log_records", ...asked }),
    };
  });

  app.get<{ Params: { id: string } }>("/api/telemetry/traces/:id", async (request): Promise<Trace> => {
    const { projectId, read } = await reader(request);
    const traceId = request.params.id.toLowerCase();
    const spans = await read.readTrace(projectId, traceId);
    const [first] = spans;
    if (first === undefined)
      throw new CulpritError("NOT_FOUND", "There is no such trace: it was not kept, it is too old, or it never came.");
    const last = spans.reduce((end, { startMs }) => Math.max(end, startMs), first.startMs);
    return {
      trace_id: traceId,
      spans: spans.map((span) => ({
        ...{ span_id: span.spanId, parent_span_id: span.parentSpanId, service_key: span.serviceKey },
        ...{
          environment: span.environment,
          name: span.name,
          kind: span.kind,
          at: new Date(span.startMs).toISOString(),
        },
        ...{ duration_ms: span.durationMs, status: span.status, route: span.route, http_status: span.httpStatus },
        ...{ peer: span.peer === null ? null : { ...span.peer }, attributes: { ...span.attributes } },
        events: span.events.map(({ name, atMs, attributes }) => ({
          ...{ name, at: new Date(atMs).toISOString(), attributes: { ...attributes } },
        })),
      })),
      ref: read.refOf({ table: "spans", traceId, fromMs: first.startMs, toMs: last + 1, limit: 10_000 }),
    };
  });

  app.get<{ Params: { id: string } }>("/api/evidence/:id/reopen", async (request): Promise<ReopenedEvidence> => {
    const caller = await requireCaller(request, { db: database.db, keys: keyRing });
    const tenant = tenantOf(caller);
    const evidenceId = fromPublicId("evd", request.params.id);
    const { ref, engine, text, series, snapshot } = await reopenEvidence(
      { scope: database.asTenant(tenant), telemetry: telemetryStore, tenant },
      evidenceId,
    );
    return { evidence_id: toPublicId("evd", evidenceId), ref, engine, text, series: series.map(seriesReply), snapshot };
  });
}

function seriesReply({ serviceKey, times, values, ...one }: StoredSeries): MetricSeries["items"][number] {
  return { service_key: serviceKey, ...one, times: Array.from(times), values: Array.from(values) };
}

function windowOf({ from, to }: { from?: string | undefined; to?: string | undefined }, now: Date): TimeWindow {
  const toMs = to === undefined ? now.getTime() : Date.parse(to);
  const fromMs = from === undefined ? toMs - HOUR_MS : Date.parse(from);
  if (fromMs >= toMs || toMs - fromMs > WINDOW_MAX_MS)
    throw new CulpritError("INVALID_REQUEST", "`from` must lie before `to`, by 400 days at most.", {
      details: { field: "from" },
    });
  return { fromMs, toMs };
}

/** What was asked for, coarser where that gives too many steps. */
function stepOf({ fromMs, toMs }: TimeWindow, stepS: number | undefined): number {
  const spanMs = toMs - fromMs;
  const sizes = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 7200, 21_600, 86_400];
  const least = stepS === undefined ? spanMs / STEPS : Math.max(stepS * 1000, spanMs / STEPS_MAX);
  if (stepS !== undefined && stepS * 1000 >= least) return stepS * 1000;
  return (sizes.find((size) => size * 1000 >= least) ?? 86_400) * 1000;
}

function labelsOf(query: Readonly<Record<string, unknown>>): Record<string, string> | undefined {
  const labels = Object.entries(query).flatMap(([name, value]) =>
    name.startsWith("label.") && typeof value === "string" ? [[name.slice("label.".length), value] as const] : [],
  );
  return labels.length === 0 ? undefined : Object.fromEntries(labels);
}
