import type { CaseComponent, CaseFile } from "@culprit/contract";
import type { Kind, Plan, Truth } from "./fault.ts";
import { measure } from "./measure.ts";
import { createRandom, NothingToPick, type Random } from "./random.ts";
import { simulate } from "./simulate.ts";
import { buildStage, type Stage, type StageWishes } from "./stage.ts";
import { type Simulation, stepMs } from "./tracks.ts";
import { writeChanges } from "./write-changes.ts";
import { writeLogs } from "./write-logs.ts";
import { writeSpans } from "./write-spans.ts";

export interface Scenario {
  /** Says nothing of what happens in it. */
  readonly folder: string;
  readonly files: ReadonlyMap<string, string>;
  readonly truth: Truth;
}

export interface ScenarioOptions {
  readonly anchorMs?: number;
  /** What the stage is like where the kind wants nothing of its own. */
  readonly wishes?: StageWishes;
}

const baselineMinutes = 60;
const attemptsMax = 30;

/** When the first scenario's trouble began, unless asked for otherwise. */
export const defaultAnchor = Date.parse("2026-03-04T10:00:00Z");

/**
 * One scenario as the files of a case, byte for byte the same for the same kind, seed and anchor. A world in which nobody would notice
 * the fault, or which has no place for it, is drawn anew: without an alert there is no case.
 */
export function generateScenario(kind: Kind, seed: number, options: ScenarioOptions = {}): Scenario {
  const anchorMs = options.anchorMs ?? defaultAnchor;
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const random = createRandom(`${kind.name}/${seed}/${attempt}`);
    const stage = buildStage(random.fork("stage"), { ...options.wishes, ...kind.wishes });
    const plan = planOf(kind, stage, random.fork("plan"));
    if (plan === null) continue;
    const faultAtMs = anchorMs + Math.round(random.between(0, 6) * 3_600_000 + random.between(0, 60_000));
    const incidentMinutes = Math.round(random.between(12, 20));
    // An alert needs some minutes, and its window begins somewhat before or after the fault.
    const usualLate = random.between(-1.5, 2);
    const incidentFrom = faultAtMs + Math.round((plan.lateMinutes ?? usualLate) * 60_000);
    const endMs = faultAtMs + incidentMinutes * 60_000;
    const startMs = incidentFrom - baselineMinutes * 60_000;
    const steps = Math.ceil((endMs - startMs) / stepMs) + 1;
    const simulation = simulate({
      stage,
      effects: plan.effects,
      startMs,
      steps,
      faultAtMs,
      random: random.fork("world"),
    });
    const target = findTarget(stage, simulation, plan, faultAtMs, random.fork("target"));
    if (target === null) continue;
    return write({ kind, seed, stage, plan, simulation, faultAtMs, incidentFrom, endMs, startMs, target, random });
  }
  throw new Error(`nobody notices ${kind.name} with seed ${seed} in ${attemptsMax} worlds`);
}

/** What happens in a world; null where it has no place for it, as a call of a database that no cache stands before. */
function planOf(kind: Kind, stage: Stage, random: Random): Plan | null {
  try {
    return kind.plan(stage, random);
  } catch (thrown) {
    if (thrown instanceof NothingToPick) return null;
    throw thrown;
  }
}

/** Where the alert rang: a service that fails or is slow for its callers, rather high up; anywhere if nothing is wrong. */
function findTarget(
  stage: Stage,
  simulation: Simulation,
  plan: Plan,
  faultAtMs: number,
  random: Random,
): number | null {
  const services = stage.nodes.filter((node) => node.kind === "service" && plan.silent?.includes(node.index) !== true);
  if (plan.isQuiet === true) return random.isTrue(0.7) ? (stage.entries[0] ?? null) : random.pick(services).index;
  const at = Math.max(4, Math.floor((faultAtMs - simulation.startMs) / stepMs));
  const mean = (values: Float64Array | undefined, from: number, to: number) => {
    let sum = 0;
    for (let index = from; index < to; index++) sum += values?.[index] ?? 0;
    return sum / Math.max(1, to - from);
  };
  const until = plan.mayBeNone === true ? Math.min(simulation.steps, at + 8) : Math.min(simulation.steps, at + 32);
  const noticed = services.filter((node) => {
    const track = simulation.nodes[node.index];
    const errorsMore = mean(track?.errors, at + 2, until) - mean(track?.errors, 0, Math.max(1, at - 50));
    const slower = mean(track?.p99, at + 2, until) / Math.max(0.1, mean(track?.p99, 0, Math.max(1, at - 50)));
    return errorsMore > 0.03 || slower > 1.7;
  });
  const queues = stage.nodes.filter(
    (node) => node.kind === "queue" && (simulation.nodes[node.index]?.backlog[simulation.steps - 2] ?? 0) > 200,
  );
  const entries = noticed.filter((node) => node.layer === 0);
  if (entries.length > 0 && random.isTrue(0.6)) return random.pick(entries).index;
  const all = [...noticed, ...queues];
  return all.length === 0 ? null : random.pick(all).index;
}

function write(input: {
  kind: Kind;
  seed: number;
  stage: Stage;
  plan: Plan;
  simulation: Simulation;
  faultAtMs: number;
  incidentFrom: number;
  endMs: number;
  startMs: number;
  target: number;
  random: Random;
}): Scenario {
  const { kind, seed, stage, plan, simulation, faultAtMs, incidentFrom, endMs, startMs, random } = input;
  const files = new Map<string, string>();
  const put = (name: string, value: unknown) => files.set(name, `${JSON.stringify(value, null, 1)}\n`);
  const lines = (values: readonly unknown[]) => `${values.map((value) => JSON.stringify(value)).join("\n")}\n`;
  const instant = (ms: number) => new Date(ms).toISOString();
  const has = (file: "metrics" | "logs" | "spans") => plan.only === undefined || plan.only.includes(file);
  const target = stage.nodes[input.target];
  put("case.json", {
    format: "culprit",
    version: 1,
    baseline: { from: instant(startMs), to: instant(incidentFrom) },
    incident: { from: instant(incidentFrom), to: instant(endMs) },
    ...(target === undefined || random.isTrue(0.1) ? {} : { target: { component: target.key } }),
  } satisfies CaseFile);
  const withHosts = has("metrics");
  put(
    "components.json",
    stage.nodes
      .filter((node) => withHosts || node.kind !== "host")
      .map((node): CaseComponent => {
        const host = node.host === null || !withHosts ? null : (stage.nodes[node.host]?.key ?? null);
        return { key: node.key, kind: node.kind, owned: node.kind !== "external", part_of: host };
      }),
  );
  if (plan.withoutEdges !== true) {
    const key = (index: number) => stage.nodes[index]?.key ?? "";
    const edges = stage.edges.map((edge) =>
      edge.isAsync ? `${key(edge.to)},${key(edge.from)}` : `${key(edge.from)},${key(edge.to)}`,
    );
    files.set("edges.csv", `from,to\n${random.fork("edges").shuffle(edges).join("\n")}\n`);
  }
  if (has("metrics"))
    files.set(
      "metrics.csv",
      measure({
        stage,
        simulation,
        random: random.fork("metrics"),
        endMs,
        silent: new Set(plan.silent),
        skewMs: plan.skewMs ?? new Map(),
        canary: plan.canary ?? null,
        erratic: new Set([
          ...(plan.erratic ?? []),
          ...(random.isTrue(0.3) ? [random.whole(0, stage.nodes.length - 1)] : []),
        ]),
      }),
    );
  const logged = random.isTrue(0.85);
  if (has("logs") && (logged || plan.only !== undefined))
    files.set("logs.ndjson", lines(writeLogs(stage, simulation, plan, faultAtMs, endMs, random.fork("logs"))));
  const traced = random.isTrue(0.55);
  if (has("spans") && (traced || plan.only !== undefined))
    files.set(
      "spans.ndjson",
      lines(writeSpans(stage, simulation, plan, plan.only === undefined ? 3 : 8, endMs, random.fork("spans"))),
    );
  const { changes, commits, ids } = writeChanges(
    stage,
    plan.changes ?? [],
    new Set(plan.causes.length > 4 ? [] : plan.causes.flatMap((cause) => cause.component ?? [])),
    faultAtMs,
    endMs,
    random.fork("changes"),
  );
  put("changes.json", changes);
  put("commits.json", commits);
  const truth: Truth = {
    kind: kind.name,
    group: kind.group,
    seed,
    mayBeNone: plan.mayBeNone ?? plan.causes.length === 0,
    causes: plan.causes.map((cause) => ({
      ...cause,
      changeId: cause.changeId === null ? null : (ids.get(cause.changeId) ?? null),
    })),
  };
  return { folder: `case-${createRandom(`folder/${kind.name}/${seed}`).hex(10)}`, files, truth };
}
