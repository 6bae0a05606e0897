import type { CaseLog } from "@culprit/contract";
import type { Plan } from "./fault.ts";
import type { Random } from "./random.ts";
import type { Stage, StageNode } from "./stage.ts";
import { type Simulation, stepMs } from "./tracks.ts";

const usual: readonly ((random: Random, node: StageNode) => string)[] = [
  (random, node) => `GET /${node.key}/${random.whole(1000, 99_999)} 200 in ${random.whole(2, 90)} ms`,
  (random) => `request ${random.hex(16)} handled, user=${random.whole(1, 90_000)} items=${random.whole(0, 20)}`,
  (random) => `cache refresh took ${random.whole(3, 400)} ms, ${random.whole(10, 5000)} entries`,
  (random) => `job ${random.hex(8)} finished in ${random.between(0.1, 9).toFixed(2)} s`,
  (random, node) =>
    `${node.key}: connection accepted from 10.${random.whole(0, 9)}.${random.whole(0, 255)}.${random.whole(1, 254)}:${random.whole(30_000, 60_000)}`,
  (random) => `flushed ${random.whole(1, 900)} records to storage`,
  (random) => `token refreshed for client ${random.hex(12)}`,
  (random) => `health check ok, uptime ${random.whole(100, 900_000)} s`,
  (random) => `scheduler tick ${random.whole(1, 100_000)}: ${random.whole(0, 8)} tasks due`,
];
const grumbles: readonly ((random: Random) => string)[] = [
  (random) => `slow request: ${random.whole(900, 4000)} ms for /v1/items/${random.whole(1, 9999)}`,
  (random) =>
    `validation failed for field "${random.pick(["email", "postcode", "quantity", "sku"])}" of request ${random.hex(16)}`,
  (random) => `deprecated header X-Client-Version seen from client ${random.hex(6)}`,
  (random) => `retrying ${random.pick(["upload", "sync", "webhook"])} ${random.hex(8)}, attempt ${random.whole(2, 4)}`,
];
const accidents: readonly ((random: Random) => string)[] = [
  (random) => `unexpected value in record ${random.whole(1, 99_999)}: skipped`,
  (random) => `client closed connection before response, request ${random.hex(16)}`,
  (random) => `IllegalStateException: session ${random.hex(12)} already ended`,
];

/** What the components write: chatter, grumbling that always was, and errors as often as requests fail. */
export function writeLogs(
  stage: Stage,
  simulation: Simulation,
  plan: Plan,
  faultAtMs: number,
  endMs: number,
  random: Random,
): CaseLog[] {
  const lines: { at: number; line: CaseLog }[] = [];
  const talk = random.between(0.4, 1);
  const put = (node: StageNode, at: number, severity: CaseLog["severity"], body: string) => {
    const time = at + (plan.skewMs?.get(node.index) ?? 0);
    lines.push({ at: time, line: { time: new Date(time).toISOString(), component: node.key, severity, body } });
  };
  for (const node of stage.nodes) {
    if (node.kind === "external" || node.kind === "host" || node.kind === "unknown") continue;
    const own = random.fork(`logs/${node.key}`);
    const track = simulation.nodes[node.index];
    if (track === undefined || plan.silent?.includes(node.index) === true) continue;
    const isService = node.kind === "service";
    if (!isService && own.isTrue(0.5)) continue;
    const words = own.shuffle(usual).slice(0, own.whole(2, 4));
    const grumble = own.pick(grumbles);
    const accident = own.pick(accidents);
    const calls = stage.edges.filter((edge) => edge.from === node.index && !edge.isAsync);
    const usualDemand = Math.max(0.05, track.demand[0] ?? 1);
    for (let at = 0; at < simulation.steps; at++) {
      const from = simulation.startMs + at * stepMs;
      if (from >= endMs) break;
      if ((track.away[at] ?? 0) >= 0.97) continue;
      const when = () => Math.min(endMs - 1, Math.round(from + own.next() * stepMs));
      const share = stepMs / 60_000;
      const busy = Math.min(3, (track.demand[at] ?? 0) / usualDemand);
      const alive = 1 - (track.away[at] ?? 0);
      for (let left = own.poisson((isService ? 2.2 : 0.8) * talk * busy * alive * share); left > 0; left--)
        put(node, when(), "info", own.pick(words)(own, node));
      for (let left = own.poisson(0.15 * talk * share); left > 0; left--) put(node, when(), "warn", grumble(own));
      for (
        let left = own.poisson(Math.min(2, (track.demand[at] ?? 0) * 60 * node.errorShare * 0.3) * share);
        left > 0;
        left--
      )
        put(node, when(), "error", accident(own));
      const failedPerMinute = (track.demand[at] ?? 0) * 60 * Math.max(0, (track.errors[at] ?? 0) - node.errorShare);
      const ownShare = (track.ownErrors[at] ?? 0) / Math.max(1e-9, track.errors[at] ?? 0);
      for (
        let left = own.poisson(Math.min(6, failedPerMinute * 0.5 * Math.min(1, ownShare)) * share);
        left > 0;
        left--
      ) {
        const text = plan.nodeTexts?.get(node.index);
        if ((track.ownErrors[at] ?? 0) > 0.002)
          put(node, when(), "error", text?.(own) ?? `overloaded: request queue full, rejected request ${own.hex(16)}`);
      }
      if (!isService) continue;
      if ((track.poolWaiting[at] ?? 0) > 1)
        for (let left = own.poisson(Math.min(6, track.poolWaiting[at] ?? 0) * share); left > 0; left--)
          put(
            node,
            when(),
            "error",
            `timed out waiting for a database connection from the pool (waited ${own.whole(1000, 30_000)} ms, ${own.whole(5, 90)} requests waiting)`,
          );
      for (const edge of calls) {
        const callee = stage.nodes[edge.to];
        const link = simulation.edges[edge.index];
        if (callee === undefined || link === undefined) continue;
        const errors = link.errors[at] ?? 0;
        if (errors < 0.006 && callee.errorShare < errors) continue;
        const failed = (link.rate[at] ?? 0) * 60 * Math.max(0, errors - callee.errorShare);
        for (let left = own.poisson(Math.min(2.5, failed * 0.3) * share); left > 0; left--) {
          const text = plan.edgeTexts?.get(edge.index);
          const timeouts = (link.timeouts[at] ?? 0) / Math.max(1e-9, errors);
          const isKnown = text !== undefined && from >= faultAtMs - 60_000;
          const body = isKnown
            ? text(own)
            : own.isTrue(timeouts)
              ? `call to ${callee.key} timed out after ${edge.timeoutMs} ms`
              : callee.kind === "database"
                ? `query failed on ${callee.key}: ${own.pick(["connection reset by peer", "server closed the connection unexpectedly", "statement timeout"])}`
                : (simulation.nodes[edge.to]?.away[at] ?? 0) > 0.6
                  ? `connect ECONNREFUSED ${callee.key}:${own.pick([80, 8080, 6379, 5432])}`
                  : `call to ${callee.key} failed with status ${own.pick([500, 500, 502, 503])}`;
          put(node, when(), edge.isHard ? "error" : "warn", body);
        }
      }
    }
  }
  for (const extra of plan.logs ?? []) {
    const node = stage.nodes[extra.node];
    if (node === undefined || plan.silent?.includes(node.index) === true) continue;
    const own = random.fork(`extra/${node.key}/${extra.severity}`);
    const from = faultAtMs + (extra.from ?? 0) * 60_000;
    const to = extra.to === undefined ? endMs : Math.min(endMs, faultAtMs + extra.to * 60_000);
    for (let at = from; at < to; at += 60_000)
      for (let left = own.poisson(extra.perMinute); left > 0; left--) {
        const time = at + own.next() * 60_000;
        if (time >= simulation.startMs && time < to) put(node, Math.round(time), extra.severity, extra.text(own));
      }
  }
  return lines.sort((a, b) => a.at - b.at).map(({ line }) => line);
}
