import type { SpanRecord } from "@culprit/contract";
import { serviceKeyOf } from "../../../analysis/change/service-identity.ts";
import type { ObservedEdge } from "./observe-edges.ts";
import { dependencyKeyOf } from "./topology-key.ts";

/**
 * Who calls whom by spans of one batch: a span whose parent belongs to another service, and what client and producer spans say of the other
 * side. A peer that is named as a service is taken for one of the caller's cluster and namespace. Sights later than `now` count as now: a sender's clock may
 * run ahead.
 */
export function edgesOfSpans(projectId: string, spans: readonly SpanRecord[], now: Date): ObservedEdge[] {
  const byId = new Map(spans.map((span) => [`${span.traceId}/${span.spanId}`, span]));
  const answered = new Set<SpanRecord>();
  const edges: ObservedEdge[] = [];
  const see = (span: SpanRecord, from: SpanRecord, toKey: string, engine: string | null) =>
    edges.push({
      ...{ projectId, environment: span.environment, fromKey: from.serviceKey, toKey, engine, source: "traces" },
      seenAt: new Date(Math.min(span.startMs, now.getTime())),
    });
  for (const span of spans) {
    const parent = span.parentSpanId === null ? undefined : byId.get(`${span.traceId}/${span.parentSpanId}`);
    if (parent === undefined || parent.serviceKey === span.serviceKey) continue;
    answered.add(parent);
    see(span, parent, span.serviceKey, null);
  }
  for (const span of spans) {
    const { peer } = span;
    // The other side's own span says better who it is than its address does.
    if (peer === null || (span.kind !== "client" && span.kind !== "producer") || answered.has(span)) continue;
    const [cluster = "default", namespace = span.environment] = span.serviceKey.split("/");
    const toKey =
      peer.kind === "service" ? serviceKeyOf(cluster, namespace, peer.name) : dependencyKeyOf(peer.kind, peer.name);
    see(span, span, toKey, peer.engine);
  }
  return edges;
}
