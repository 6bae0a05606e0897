import type { Random } from "./random.ts";
import { type Meter, pickNames } from "./series-names.ts";
import type { Stage, StageNode } from "./stage.ts";
import { type EdgeTrack, type NodeTrack, type Simulation, stepMs } from "./tracks.ts";

export interface MeasureInput {
  readonly stage: Stage;
  readonly simulation: Simulation;
  readonly random: Random;
  readonly endMs: number;
  /** Nodes without any series of their own. */
  readonly silent: ReadonlySet<number>;
  /** How far a node's clock is ahead, in milliseconds. */
  readonly skewMs: ReadonlyMap<number, number>;
  /** The node whose trouble is that of one instance alone. */
  readonly canary: number | null;
  /** Nodes of which a metric jumps about without a reason. */
  readonly erratic: ReadonlySet<number>;
}

const header = "time,component,metric,kind,statistic,unit,callee,labels,value";
const zOf: Record<string, number> = { p50: 0, p90: 1.2816, p95: 1.6449, p99: 2.3263, max: 3 };

/**
 * What the monitoring makes of it, as `metrics.csv`: other names in each world, other steps for each component, noise that is shared within a component and
 * sometimes far off, quantiles that rest on few requests, counters that begin again after a restart, gaps, and nothing from what is down.
 */
export function measure(input: MeasureInput): string {
  const { stage, simulation, random } = input;
  const names = pickNames(random);
  const isCoarse = names.requests.metric === "RequestCount";
  const hasInstances = input.canary !== null || (stage.nodes.length < 45 && random.isTrue(0.3));
  const hasCalls = random.isTrue(0.6);
  const rows = [header];
  const instanceOf = (node: StageNode, at: number) => `instance=${node.key}-${at}`;

  for (const node of stage.nodes) {
    if (input.silent.has(node.index)) continue;
    const own = random.fork(`measure/${node.key}`);
    const track = simulation.nodes[node.index];
    if (track === undefined || node.kind === "external") continue;
    const clock = input.skewMs.get(node.index) ?? 0;
    const stepOf = isCoarse
      ? 60_000
      : own.pick(node.kind === "host" ? [30_000, 60_000] : [15_000, 30_000, 30_000, 60_000]);
    const gapFrom = own.isTrue(0.06) ? own.between(0, simulation.steps) : Number.POSITIVE_INFINITY;
    const gapTo = gapFrom + own.between(8, 30);
    const scrapes: { at: number; time: number; common: number }[] = [];
    let common = 0;
    const phase = own.whole(0, stepOf - 1);
    for (let time = simulation.startMs + phase; time < input.endMs; time += stepOf) {
      common = 0.7 * common + 0.3 * own.normal();
      const at = Math.min(simulation.steps - 1, Math.floor((time - simulation.startMs) / stepMs));
      const isDown = (track.away[at] ?? 0) >= 0.95 && node.kind !== "host";
      const isHostDown = node.host !== null && (simulation.nodes[node.host]?.away[at] ?? 0) >= 0.95;
      if (isDown || isHostDown || (at >= gapFrom && at < gapTo)) continue;
      if (node.kind === "host" && (track.away[at] ?? 0) >= 0.95) continue;
      scrapes.push({ at, time: time + own.whole(-400, 400), common });
    }

    const emit = (meter: Meter, value: (at: number, sofar: number, seconds: number) => number, more: Emission = {}) => {
      const name = names[meter];
      if (!more.isSure && own.isTrue(0.06)) return;
      const prefix = `,${node.key},${name.metric},${name.kind},${more.statistic ?? ""},${name.unit},${more.callee ?? ""},${more.labels ?? ""},`;
      let sum = own.whole(0, 200_000) * (name.kind === "counter" ? 1 : 0);
      let last = scrapes[0]?.at ?? 0;
      let restarts = track.restarts[last] ?? 0;
      for (const scrape of scrapes) {
        let result: number;
        if (more.isSum === true) {
          let grown = 0;
          const seconds = stepMs / 1000;
          for (let at = last; at < scrape.at; at++) grown += value(at, 0, seconds);
          if (name.kind === "gauge")
            result = scrape.at > last ? grown / ((scrape.at - last) * seconds) : value(scrape.at, 0, 1);
          else if (name.kind === "delta") result = grown;
          else {
            const now = track.restarts[scrape.at] ?? 0;
            if (now > restarts && meter !== "restarts" && own.isTrue(0.7)) sum = 0;
            restarts = now;
            sum += grown;
            result = sum;
          }
          last = scrape.at;
        } else result = value(scrape.at, scrape.common, stepOf / 1000);
        if (own.isTrue(0.008)) continue;
        const shown = Number.isFinite(result)
          ? String(Number((result * name.scale).toPrecision(name.kind === "counter" ? 9 : 5)))
          : "NaN";
        rows.push(`${scrape.time + clock}${prefix}${shown}`);
      }
    };

    const count = (perS: number, seconds: number) => own.poisson(Math.max(0, perS) * seconds);
    const noise = (common: number, spread: number) => Math.exp(spread * (0.6 * common + 0.6 * own.heavy()));
    const quantile = (track: NodeTrack, at: number, common: number, seconds: number, statistic: string, worse = 1) => {
      const requests = (track.demand[at] ?? 0) * seconds;
      if (requests < 1 && own.isTrue(Math.exp(-requests))) return Number.NaN;
      const tail = statistic === "p99" || statistic === "max" ? 0.01 : statistic === "p95" ? 0.05 : 0.5;
      const spread = Math.min(0.5, 0.02 + 0.35 / Math.sqrt(1 + requests * tail));
      const base =
        statistic === "average"
          ? track.meanMs[at]
          : statistic === "p99" || statistic === "max"
            ? track.p99[at]
            : statistic === "p95"
              ? track.p95[at]
              : (track.p50[at] ?? 0) * Math.exp((zOf[statistic] ?? 0) * (track.sigma[at] ?? 0.4));
      return ((base ?? 0) * worse * noise(common, spread)) / 1000;
    };

    if (node.kind === "host") {
      const jumpy = input.erratic.has(node.index);
      emit(
        "cpu",
        (at) =>
          Math.min(
            1,
            Math.max(
              0,
              (track.cpu[at] ?? 0) * (1 + 0.03 * own.heavy()) + (jumpy && own.isTrue(0.2) ? own.between(0.1, 0.5) : 0),
            ),
          ),
        {
          isSum: names.cpu.kind === "counter",
          isSure: true,
        },
      );
      emit("memory", (at) => (track.memory[at] ?? 0) * 3.4e10 * (1 + 0.002 * own.normal()));
      emit("disk", (at) => track.disk[at] ?? 0);
      emit("netDrops", (at, _, seconds) => count(0.02 + (track.loss[at] ?? 0) * 900, seconds), { isSum: true });
      emit("up", () => 1);
      continue;
    }
    const jumpy = input.erratic.has(node.index);
    const cores = 1 + (node.index % 3);
    emit(
      "cpu",
      (at, common, seconds) =>
        Math.max(0, (track.cpu[at] ?? 0) * (1 + 0.04 * own.heavy() + 0.02 * common)) *
        (names.cpu.kind === "counter" ? cores * seconds : 1),
      { isSum: names.cpu.kind === "counter" },
    );
    let drift = 0;
    emit("memory", (at) => {
      drift = jumpy ? (own.isTrue(0.1) ? 0 : drift + own.between(0, 0.03)) : 0;
      return (track.memory[at] ?? 0) * (1 + 0.003 * own.normal() + drift);
    });
    emit(
      "restarts",
      (at) => Math.max(0, (track.restarts[at + 1] ?? track.restarts[at] ?? 0) - (track.restarts[at] ?? 0)),
      { isSum: true },
    );
    switch (node.kind) {
      case "service": {
        const parts: { labels: string; share: number; at: number }[] = hasInstances
          ? Array.from({ length: node.instances }, (_, at) => ({
              labels: instanceOf(node, at),
              share: 1 / node.instances,
              at,
            }))
          : [{ labels: "", share: 1, at: 0 }];
        for (const part of parts) {
          const isCanary = input.canary === node.index && hasInstances;
          // The trouble of one instance among several is all of the service's, and none of the others'.
          const errorsOf = (at: number) => {
            const all = track.errors[at] ?? 0;
            if (!isCanary) return all;
            const mine = track.ownErrors[at] ?? 0;
            return part.at === 0 ? Math.min(1, all - mine + mine * node.instances) : Math.max(0, all - mine);
          };
          emit("requests", (at, _, seconds) => count((track.demand[at] ?? 0) * part.share, seconds), {
            isSum: true,
            labels: part.labels,
            isSure: true,
          });
          emit("errors", (at, _, seconds) => count((track.demand[at] ?? 0) * part.share * errorsOf(at), seconds), {
            isSum: true,
            labels: part.labels,
            isSure: true,
          });
          for (const statistic of names.latency.statistics ?? [])
            emit("latency", (at, common, seconds) => quantile(track, at, common, seconds * part.share, statistic), {
              statistic,
              labels: part.labels,
              isSure: statistic !== "p50",
            });
        }
        emit("workers", (at) => Math.round((track.inUse[at] ?? 0) * (1 + 0.1 * own.normal())));
        if (node.language !== "go")
          emit("gc", (at, _, seconds) => (track.pauses[at] ?? 0) * seconds * noise(0, 0.15), { isSum: true });
        const calls = stage.edges.filter((edge) => edge.from === node.index);
        if (calls.some((edge) => stage.nodes[edge.to]?.kind === "database")) {
          emit("pool", (at) => Math.round((track.poolUsed[at] ?? 0) * (1 + 0.08 * own.normal()) + 1));
          emit("poolWaiting", (at) => own.poisson(Math.min(500, track.poolWaiting[at] ?? 0)));
        }
        for (const edge of calls) {
          const callee = stage.nodes[edge.to];
          const link: EdgeTrack | undefined = simulation.edges[edge.index];
          if (callee === undefined || link === undefined || callee.kind === "unknown") continue;
          if (!hasCalls && callee.kind !== "external") continue;
          for (const statistic of names.callLatency.statistics ?? [])
            emit(
              "callLatency",
              (at, common, seconds) => {
                const calls = (link.rate[at] ?? 0) * seconds;
                if (calls < 1 && own.isTrue(Math.exp(-calls))) return Number.NaN;
                const sigma = simulation.nodes[edge.to]?.sigma[at] ?? 0.4;
                const mean = link.meanMs[at] ?? 0;
                const tail = statistic === "p99" ? 2.3263 : 1.6449;
                const value =
                  statistic === "average"
                    ? mean
                    : Math.min(Math.max(mean, edge.timeoutMs), mean * Math.exp(tail * sigma - (sigma * sigma) / 2));
                return (value * noise(common, 0.03 + 0.3 / Math.sqrt(1 + calls * 0.05))) / 1000;
              },
              { statistic, callee: callee.key },
            );
          emit("callErrors", (at, _, seconds) => count((link.rate[at] ?? 0) * (link.errors[at] ?? 0), seconds), {
            isSum: true,
            callee: callee.key,
          });
        }
        break;
      }
      case "database":
        emit("queries", (at, _, seconds) => count(track.demand[at] ?? 0, seconds), { isSum: true, isSure: true });
        for (const statistic of names.queryLatency.statistics ?? [])
          emit("queryLatency", (at, common, seconds) => quantile(track, at, common, seconds, statistic), {
            statistic,
            isSure: true,
          });
        emit("connections", (at) =>
          Math.round(3 + ((track.demand[at] ?? 0) * (track.meanMs[at] ?? 0)) / 1000 + own.poisson(2)),
        );
        emit("locks", (at) =>
          own.poisson(
            (track.waitMs[at] ?? 0) > 50
              ? Math.min(60, ((track.demand[at] ?? 0) * (track.waitMs[at] ?? 0)) / 1000)
              : 0.05,
          ),
        );
        emit("errors", (at, _, seconds) => count((track.demand[at] ?? 0) * (track.errors[at] ?? 0), seconds), {
          isSum: true,
        });
        emit("disk", (at) => track.disk[at] ?? 0);
        break;
      case "cache":
        emit("commands", (at, _, seconds) => count(track.demand[at] ?? 0, seconds), { isSum: true, isSure: true });
        emit("hitRatio", (at) => Math.max(0, Math.min(1, (track.hits[at] ?? 0) * (1 + 0.01 * own.normal()))), {
          isSure: true,
        });
        break;
      case "queue":
        emit("depth", (at) => Math.round((track.backlog[at] ?? 0) + own.poisson(3)), { isSure: true });
        emit(
          "oldestAge",
          (at) => (track.backlog[at] ?? 0) / Math.max(0.1, track.demand[at] ?? 0) + own.between(0, 0.5),
        );
        emit("requests", (at, _, seconds) => count(track.demand[at] ?? 0, seconds), { isSum: true });
        break;
      default:
        emit("requests", (at, _, seconds) => count(track.demand[at] ?? 0, seconds), { isSum: true });
        emit("errors", (at, _, seconds) => count((track.demand[at] ?? 0) * (track.errors[at] ?? 0), seconds), {
          isSum: true,
          isSure: true,
        });
        emit("latency", (at, common, seconds) => quantile(track, at, common, seconds, "p99"), { statistic: "p99" });
    }
  }
  return `${rows.join("\n")}\n`;
}

interface Emission {
  readonly statistic?: string;
  readonly labels?: string;
  readonly callee?: string;
  /** Growth or a mean over the time since the last scrape, not the value of the moment. */
  readonly isSum?: boolean;
  /** Never left out by the instrumentation. */
  readonly isSure?: boolean;
}
