import type { CaseSpan } from "@culprit/contract";
import type { Plan } from "./fault.ts";
import type { Random } from "./random.ts";
import type { Stage } from "./stage.ts";
import { type Simulation, stepMs } from "./tracks.ts";

const spansMax = 60;

/** Whole traces, a few a minute, drawn from what went on at that moment. */
export function writeSpans(
  stage: Stage,
  simulation: Simulation,
  plan: Plan,
  perMinute: number,
  endMs: number,
  random: Random,
): CaseSpan[] {
  const spans: CaseSpan[] = [];
  const operations = stage.nodes.map((node) => {
    const own = random.fork(`operations/${node.key}`);
    if (node.kind === "database")
      return ["SELECT", "SELECT", "UPDATE", "INSERT"].map((verb) => `${verb} ${node.key.split("-")[0]}`);
    if (node.kind === "cache") return ["GET", "GET", "SET"];
    if (node.kind === "queue") return [`${node.key} publish`];
    return own
      .shuffle(["list", "get", "create", "update", "quote", "check"])
      .slice(0, 2)
      .map((verb) => `${own.pick(["GET", "POST"])} /${node.key.replace(/-(service|svc)$/, "")}/${verb}`);
  });
  const outgoing = stage.nodes.map((node) =>
    stage.edges.filter((edge) => edge.from === node.index && stage.nodes[edge.to]?.kind !== "unknown"),
  );

  /** Gives the duration, and whether it failed. */
  function visit(
    index: number,
    at: number,
    startMs: number,
    traceId: string,
    parent: string | null,
    room: { left: number },
  ): { ms: number; failed: boolean } {
    const node = stage.nodes[index];
    const track = simulation.nodes[index];
    if (node === undefined || track === undefined) return { ms: 0, failed: false };
    room.left -= 1;
    const spanId = random.hex(16);
    const slot = spans.length;
    const sigma = track.sigma[at] ?? 0.4;
    let ms = (track.ownMs[at] ?? 1) * Math.exp(sigma * random.normal() - (sigma * sigma) / 2);
    let failed =
      random.isTrue(Math.min(1, (track.ownErrors[at] ?? 0) + node.errorShare)) ||
      random.isTrue((track.away[at] ?? 0) * 0.5);
    const skew = plan.skewMs?.get(index) ?? 0;
    const isShown =
      plan.silent?.includes(index) !== true &&
      node.kind !== "external" &&
      node.kind !== "database" &&
      node.kind !== "cache" &&
      node.kind !== "queue";
    const own = isShown ? spanId : parent;
    if (isShown)
      spans.push({
        trace_id: traceId,
        span_id: spanId,
        parent_span_id: parent,
        component: node.key,
        name: random.pick(operations[index] ?? ["work"]),
        kind: parent === null && node.layer > 20 ? "consumer" : "server",
        start: new Date(startMs + skew).toISOString(),
        duration_ms: 0,
        status: "ok",
      });
    for (const edge of outgoing[index] ?? []) {
      if (edge.isAsync || room.left <= 0) continue;
      const link = simulation.edges[edge.index];
      const callee = stage.nodes[edge.to];
      const demand = track.demand[at] ?? 0;
      if (link === undefined || callee === undefined || demand <= 0 || (failed && random.isTrue(0.7))) continue;
      const mean = (link.rate[at] ?? 0) / demand;
      const calls = Math.min(12, Math.floor(mean) + (random.isTrue(mean % 1) ? 1 : 0));
      for (let call = 0; call < calls && room.left > 0; call++) {
        room.left -= 1;
        const callId = random.hex(16);
        const from = startMs + ms;
        const callSlot = spans.length;
        if (isShown)
          spans.push({
            trace_id: traceId,
            span_id: callId,
            parent_span_id: own,
            component: node.key,
            name: callee.kind === "service" ? `call ${callee.key}` : random.pick(operations[edge.to] ?? ["call"]),
            kind: callee.kind === "queue" ? "producer" : "client",
            start: new Date(from + skew).toISOString(),
            duration_ms: 0,
            status: "ok",
            callee: callee.key,
          });
        const extra = Math.max(0, (link.meanMs[at] ?? 0) - (simulation.nodes[edge.to]?.meanMs[at] ?? 0));
        const inner = visit(edge.to, at, from + extra / 2 + 0.2, traceId, isShown ? callId : own, room);
        const isLate = inner.ms + extra > edge.timeoutMs || random.isTrue((link.timeouts[at] ?? 0) * 0.8);
        const calleeErrors = simulation.nodes[edge.to]?.errors[at] ?? 0;
        const linkOnly = Math.max(0, ((link.errors[at] ?? 0) - calleeErrors) / Math.max(1e-6, 1 - calleeErrors));
        const isBad = inner.failed || isLate || random.isTrue(linkOnly);
        const took = isLate ? edge.timeoutMs : inner.ms + extra + 0.4;
        const written = spans[callSlot];
        if (isShown && written !== undefined)
          spans[callSlot] = { ...written, duration_ms: Number(took.toFixed(3)), status: isBad ? "error" : "ok" };
        ms += took;
        if (isBad && edge.isHard) failed = true;
      }
    }
    const written = spans[slot];
    if (isShown && written !== undefined)
      spans[slot] = { ...written, duration_ms: Number(ms.toFixed(3)), status: failed ? "error" : "ok" };
    return { ms, failed };
  }

  const roots = [
    ...stage.entries.map((index) => ({ index, share: 1 })),
    ...stage.edges.filter((edge) => edge.isAsync).map((edge) => ({ index: edge.to, share: 0.3 })),
  ];
  for (let at = 0; at < simulation.steps; at++) {
    const from = simulation.startMs + at * stepMs;
    for (const root of roots) {
      const demand = simulation.nodes[root.index]?.demand[at] ?? 0;
      const wanted = Math.min(demand * 60, perMinute * root.share) * (stepMs / 60_000);
      for (let left = random.poisson(wanted); left > 0; left--) {
        const start = Math.round(from + random.next() * stepMs);
        if (start < endMs) visit(root.index, at, start, random.hex(32), null, { left: spansMax });
      }
    }
  }
  return spans;
}
