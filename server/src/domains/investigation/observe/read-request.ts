import type { SpanRecord } from "@culprit/contract";
import { sql } from "kysely";
import type { EvidenceDraft } from "../../../analysis/inspections/finding.ts";
import type { InvestigationDeps } from "./observe-deps.ts";

/** Lines before the failure that are kept, and how far back they are looked for where no trace names them. */
const LINES = 20;
const BACK_MS = 60_000;
const AROUND_MS = 300_000;
const SPANS_MAX = 100;
const LINE_CHARS = 500;

/**
 * What the request that failed first did, and what was logged until then: the tree of its trace, and the last lines of the trace, else of the service.
 * Empty where telemetry holds neither, or can't be read: the investigation goes on without.
 */
export async function readRequest(
  deps: Pick<InvestigationDeps, "database" | "telemetry">,
  incidentId: string,
): Promise<EvidenceDraft[]> {
  const { rows } = await sql<{ projectId: string; traceId: string | null; at: Date; service: string | null }>`
    SELECT i.project_id AS "projectId", i.trace_id AS "traceId", i.occurred_at AS at,
      CASE WHEN s.service_id IS NOT NULL THEN s.cluster_id || '/' || s.namespace || '/' || s.service_name END AS service
    FROM incidents i LEFT JOIN services s ON s.service_id = i.service_id WHERE i.id = ${incidentId}`.execute(
    deps.database.db,
  );
  const incident = rows[0];
  if (incident === undefined) return [];
  const [tree, lines] = await Promise.all([
    readTree(deps, incident).catch(() => []),
    readLines(deps, incident).catch(() => []),
  ]);
  return [...tree, ...lines];
}

interface Incident {
  readonly projectId: string;
  readonly traceId: string | null;
  readonly at: Date;
  readonly service: string | null;
}

async function readTree(
  { telemetry }: Pick<InvestigationDeps, "telemetry">,
  incident: Incident,
): Promise<EvidenceDraft[]> {
  const { projectId, traceId, at } = incident;
  if (traceId === null) return [];
  const spans = await telemetry.readTrace(projectId, traceId);
  if (spans.length === 0) return [];
  const window = { fromMs: at.getTime() - AROUND_MS, toMs: at.getTime() + AROUND_MS };
  const ref = telemetry.refOf({ table: "spans", ...window, traceId, limit: SPANS_MAX });
  return [
    {
      kind: "trace_operation",
      source: "telemetry",
      ref,
      title: "The request that failed first",
      snapshot: treeText(spans),
    },
  ];
}

async function readLines(
  { telemetry }: Pick<InvestigationDeps, "telemetry">,
  incident: Incident,
): Promise<EvidenceDraft[]> {
  const { projectId, traceId, at, service } = incident;
  const toMs = at.getTime() + 1_000;
  const ofTrace = { fromMs: at.getTime() - AROUND_MS, toMs, ...(traceId === null ? {} : { traceId }), limit: LINES };
  const ofService = {
    fromMs: at.getTime() - BACK_MS,
    toMs,
    ...(service === null ? {} : { serviceKeys: [service] }),
    limit: LINES,
  };
  for (const query of [...(traceId === null ? [] : [ofTrace]), ...(service === null ? [] : [ofService])]) {
    const found = await telemetry.readLogs({ projectId, ...query });
    const last = found.slice(-LINES);
    if (last.length === 0) continue;
    const text = last.map(
      ({ atMs, severity, body }) =>
        `${new Date(atMs).toISOString()} ${severity.toUpperCase().padEnd(5)} ${body.replace(/\s+/g, " ").slice(0, LINE_CHARS)}`,
    );
    const ref = telemetry.refOf({ table: "log_records", ...query });
    const whose = query === ofTrace ? "that request" : "the service";
    return [
      {
        kind: "log_pattern",
        source: "telemetry",
        ref,
        title: `The last log lines of ${whose}`,
        snapshot: text.join("\n"),
      },
    ];
  }
  return [];
}

/** Spans below the ones that called them, in their order; what failed is marked. A loop of parents ends where it began. */
export function treeText(spans: readonly SpanRecord[]): string {
  const shown = spans.toSorted((a, b) => a.startMs - b.startMs).slice(0, SPANS_MAX);
  const ids = new Set(shown.map(({ spanId }) => spanId));
  const children = Map.groupBy(shown, ({ parentSpanId }) =>
    parentSpanId !== null && ids.has(parentSpanId) ? parentSpanId : "",
  );
  const lines: string[] = [];
  const seen = new Set<string>();
  const walk = (span: SpanRecord, depth: number) => {
    if (seen.has(span.spanId)) return;
    seen.add(span.spanId);
    const service = span.serviceKey.split("/").at(-1) ?? span.serviceKey;
    const status = span.httpStatus === null ? "" : ` ${span.httpStatus}`;
    const mark = span.status === "error" ? "  FAILED" : "";
    lines.push(
      `${"  ".repeat(depth)}${service}: ${(span.route ?? span.name).slice(0, 200)}${status} ${Math.round(span.durationMs)} ms${mark}`,
    );
    for (const child of children.get(span.spanId) ?? []) walk(child, depth + 1);
  };
  for (const root of children.get("") ?? []) walk(root, 0);
  for (const span of shown) walk(span, 0);
  if (spans.length > shown.length) lines.push(`… and ${spans.length - shown.length} more`);
  return lines.join("\n");
}
