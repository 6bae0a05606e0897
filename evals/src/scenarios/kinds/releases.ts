import { ramp } from "../effect.ts";
import type { ChangeDraft, Kind, PatchTopic } from "../fault.ts";
import type { Random } from "../random.ts";
import type { StageNode } from "../stage.ts";
import { version } from "../write-changes.ts";
import { callsOf, cause, pickService } from "./pickers.ts";

/** Guilty deployments come with the id `guilty`; the writer gives it a public one. */
export function deployment(
  node: StageNode,
  random: Random,
  patch: PatchTopic,
  more: Partial<ChangeDraft> = {},
): ChangeDraft {
  return {
    id: "guilty",
    kind: "deployment",
    minutes: -random.between(0.3, 4),
    node: node.index,
    title: `${node.key} ${version(random)}`,
    patch,
    ...more,
  };
}

const failures = [
  (random: Random) =>
    `TypeError: Cannot read properties of undefined (reading '${random.pick(["id", "line", "date", "digits"])}') at render (src/summary/render.ts:${random.whole(10, 80)})`,
  (random: Random) =>
    `java.lang.NullPointerException: order.getAddress() is null at com.example.Handler.handle(Handler.java:${random.whole(20, 300)})`,
  (random: Random) => `KeyError: 'currency' in price/round.py line ${random.whole(5, 120)}`,
  (random: Random) => `panic: runtime error: index out of range [1] with length 1 (address.go:${random.whole(8, 200)})`,
];

export const releases: readonly Kind[] = [
  {
    name: "release-errors",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(stage, random);
      const text = random.pick(failures);
      return {
        effects: [
          { node: node.index, set: { errors: random.between(0.08, 0.7) }, shape: ramp(random.between(0.5, 2.5)) },
        ],
        changes: [deployment(node, random, "feature")],
        nodeTexts: new Map([[node.index, text]]),
        causes: [cause(node, "release", "guilty")],
      };
    },
  },
  {
    name: "release-latency",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(stage, random);
      const isWork = random.isTrue(0.5);
      return {
        effects: [
          {
            node: node.index,
            set: isWork ? { work: random.between(2.5, 7) } : { waitMs: random.between(200, 1500) },
            shape: ramp(random.between(0.5, 3)),
          },
        ],
        changes: [deployment(node, random, isWork ? "memory" : "client")],
        causes: [cause(node, "release", "guilty")],
      };
    },
  },
  {
    name: "release-n-plus-one",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(stage, random, (one) =>
        callsOf(stage, one.index).some((edge) => stage.nodes[edge.to]?.kind === "database"),
      );
      const edge =
        callsOf(stage, node.index).find((one) => stage.nodes[one.to]?.kind === "database") ??
        callsOf(stage, node.index)[0];
      return {
        effects: [{ edge: edge?.index ?? 0, set: { calls: random.between(8, 25) }, shape: ramp(1.5) }],
        changes: [deployment(node, random, "loop")],
        causes: [cause(node, ["release", "db"], "guilty")],
      };
    },
  },
  {
    name: "release-missing-index",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(stage, random, (one) =>
        callsOf(stage, one.index).some((edge) => stage.nodes[edge.to]?.kind === "database"),
      );
      const database = stage.nodes.find(
        (one) => one.kind === "database" && callsOf(stage, node.index).some((edge) => edge.to === one.index),
      );
      const slow = (own: Random) =>
        `duration: ${own.whole(800, 9000)} ms statement: SELECT * FROM items WHERE lower(status) = $2 ORDER BY updated_at DESC`;
      return {
        effects: [{ node: database?.index ?? node.index, set: { work: random.between(4, 12) }, shape: ramp(2) }],
        changes: [deployment(node, random, "query")],
        logs: database === undefined ? [] : [{ node: database.index, severity: "warn", perMinute: 5, text: slow }],
        causes: [
          cause(node, ["release", "db"], "guilty"),
          ...(database === undefined ? [] : [cause(database, ["db", "release"], "guilty")]),
        ],
      };
    },
  },
  {
    name: "release-dependency-bump",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(stage, random);
      return {
        effects: [
          { node: node.index, set: { errors: random.between(0.05, 0.4), work: random.between(1, 2) }, shape: ramp(2) },
        ],
        changes: [deployment(node, random, "dependency")],
        nodeTexts: new Map([
          [
            node.index,
            (own) =>
              `${own.pick(["serializer: unknown wire type 7", "TypeError: pool.acquire is not a function"])} in request ${own.hex(12)}`,
          ],
        ]),
        causes: [cause(node, ["release", "dependency"], "guilty")],
      };
    },
  },
  {
    name: "release-canary",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(stage, random, (one) => one.instances >= 3);
      const text = random.pick(failures);
      return {
        effects: [{ node: node.index, set: { errors: random.between(0.6, 1) / node.instances }, shape: ramp(0.5) }],
        changes: [
          deployment(node, random, "feature", {
            title: `${node.key} ${version(random)} (canary, 1 of ${node.instances})`,
          }),
        ],
        nodeTexts: new Map([[node.index, text]]),
        canary: node.index,
        causes: [cause(node, "release", "guilty")],
      };
    },
  },
  {
    name: "release-rollback-broke",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(stage, random);
      return {
        effects: [{ node: node.index, set: { errors: random.between(0.15, 0.8) }, shape: ramp(1) }],
        changes: [
          {
            kind: "deployment",
            minutes: -random.between(150, 500),
            node: node.index,
            title: `${node.key} ${version(random)}`,
            patch: "migration",
          },
          deployment(node, random, "migration", { kind: "rollback", title: `Rollback of ${node.key}` }),
        ],
        nodeTexts: new Map([
          [
            node.index,
            (own) =>
              `column "channel" of relation "orders" violates not-null constraint, order ${own.whole(1000, 99_999)}`,
          ],
        ]),
        causes: [cause(node, ["release", "db"], "guilty")],
      };
    },
  },
  {
    name: "release-crash-loop",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(stage, random);
      return {
        effects: [
          {
            node: node.index,
            set: { away: random.between(0.4, 0.93), restarts: random.between(0.8, 2.5) },
            shape: ramp(1),
          },
        ],
        changes: [deployment(node, random, random.pick(["config", "feature", "dependency"]))],
        logs: [
          {
            node: node.index,
            severity: "fatal",
            perMinute: 2,
            text: (own) =>
              `cannot start: ${own.pick(["missing required setting REGION_ID", "failed to load module ./http/handle"])}; exit 1`,
          },
        ],
        causes: [cause(node, ["release", "config"], "guilty")],
      };
    },
  },
  {
    name: "release-memory-leak",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(stage, random);
      const leakMinutes = random.between(70, 200);
      return {
        effects: [
          { node: node.index, from: -leakMinutes, set: { memory: 0.6 }, shape: ramp(leakMinutes) },
          { node: node.index, from: -12, set: { pauses: node.language === "go" ? 0.05 : 0.3 }, shape: ramp(12) },
          { node: node.index, set: { restarts: random.between(0.5, 1.2), away: random.between(0.25, 0.6) } },
        ],
        changes: [deployment(node, random, "memory", { minutes: -leakMinutes - 1 })],
        logs: [
          {
            node: node.host ?? node.index,
            severity: "error",
            perMinute: 1,
            text: (own) =>
              `Memory cgroup out of memory: Killed process ${own.whole(1000, 40_000)} (${node.key}) total-vm:${own.whole(900_000, 4_000_000)}kB`,
          },
        ],
        causes: [cause(node, ["release", "infra"], "guilty"), cause(node, ["infra", "release"])],
      };
    },
  },
];
