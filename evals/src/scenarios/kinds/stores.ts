import { ramp } from "../effect.ts";
import type { Kind } from "../fault.ts";
import { cause, pickCall, pickOf } from "./pickers.ts";

export const stores: readonly Kind[] = [
  {
    name: "slow-query",
    group: "fault",
    plan: (stage, random) => {
      const node = pickOf(stage, random, "database");
      return {
        effects: [{ node: node.index, set: { work: random.between(3, 10) }, shape: ramp(random.between(0.5, 4)) }],
        logs: [
          {
            node: node.index,
            severity: "warn",
            perMinute: 6,
            text: (own) =>
              `duration: ${own.whole(900, 12_000)} ms statement: SELECT count(*) FROM events WHERE owner_id = $1`,
          },
        ],
        causes: [cause(node, "db")],
      };
    },
  },
  {
    name: "migration-lock",
    group: "fault",
    plan: (stage, random) => {
      const node = pickOf(stage, random, "database");
      return {
        effects: [{ node: node.index, set: { waitMs: random.between(600, 5000) }, to: random.between(9, 30) }],
        changes: [
          {
            id: "guilty",
            kind: "migration",
            minutes: -random.between(0.05, 0.8),
            node: node.index,
            title: "Migration 0042_channel: alter table orders",
            patch: "migration",
          },
        ],
        logs: [
          {
            node: node.index,
            severity: "warn",
            perMinute: 8,
            text: (own) =>
              `process ${own.whole(100, 9000)} still waiting for AccessExclusiveLock on relation ${own.whole(16_000, 40_000)} after ${own.whole(1000, 9000)} ms`,
          },
        ],
        causes: [cause(node, ["db", "release"], "guilty")],
      };
    },
  },
  {
    name: "pool-exhausted",
    group: "fault",
    plan: (stage, random) => {
      const { from, to } = pickCall(
        stage,
        random,
        (a, b, edge) => a.kind === "service" && a.layer < 40 && b.kind === "database" && edge.behindCache === null,
      );
      return {
        effects: [
          { node: from.index, from: -8, set: { heldPool: 0.9 }, shape: ramp(10) },
          {
            node: from.index,
            set: { waitMs: random.between(400, 2500), errors: random.between(0.1, 0.5) },
            shape: ramp(2),
          },
        ],
        nodeTexts: new Map([
          [
            from.index,
            (own) =>
              `timed out waiting for a database connection from the pool (in use 40 of 40, ${own.whole(5, 60)} requests waiting)`,
          ],
        ]),
        causes: [cause(from, ["db", "infra"]), cause(to, ["db"])].slice(0, 1),
      };
    },
  },
  {
    name: "cache-down",
    group: "fault",
    plan: (stage, random) => {
      const node = pickOf(stage, random, "cache");
      const over = stage.edges.find((edge) => edge.behindCache === node.index);
      return {
        effects: [
          { node: node.index, set: { hits: 0.01, away: 0.97 } },
          ...(over === undefined ? [] : [{ node: over.to, set: { work: 1.2 } }]),
        ],
        causes: [cause(node, ["infra", "dependency", "db"])],
      };
    },
  },
  {
    name: "cache-stampede",
    group: "fault",
    plan: (stage, random) => {
      const node = pickOf(stage, random, "cache");
      return {
        effects: [{ node: node.index, set: { hits: random.between(0.05, 0.3) } }],
        logs: [
          {
            node: node.index,
            severity: "warn",
            perMinute: 3,
            text: (own) => `evicted ${own.whole(10_000, 900_000)} keys, maxmemory reached`,
          },
        ],
        causes: [cause(node, ["infra", "dependency", "db", "traffic"])],
      };
    },
  },
  {
    name: "queue-poison-message",
    group: "fault",
    plan: (stage, random) => {
      const queue = pickOf(stage, random, "queue");
      const edge = stage.edges.find((one) => one.from === queue.index);
      const worker = stage.nodes[edge?.to ?? queue.index] ?? queue;
      return {
        effects: [
          {
            node: worker.index,
            set: { consume: random.between(0.02, 0.2), errors: random.between(0.6, 0.95), restarts: 0.4 },
          },
        ],
        nodeTexts: new Map([
          [worker.index, () => "cannot decode message 81f3a2: unexpected end of input, delivery 17; requeued"],
        ]),
        causes: [cause(worker, ["infra", "traffic", "dependency"]), cause(queue, ["infra", "traffic", "dependency"])],
      };
    },
  },
  {
    name: "queue-slow-consumer",
    group: "fault",
    plan: (stage, random) => {
      const queue = pickOf(stage, random, "queue");
      const edge = stage.edges.find((one) => one.from === queue.index);
      const worker = stage.nodes[edge?.to ?? queue.index] ?? queue;
      return {
        effects: [
          {
            node: worker.index,
            set: { consume: worker.usualLoad * random.between(0.1, 0.5), waitMs: random.between(300, 3000) },
            shape: ramp(2),
          },
        ],
        causes: [cause(worker, ["infra", "dependency", "traffic"]), cause(queue, ["infra", "dependency", "traffic"])],
      };
    },
  },
  {
    name: "disk-full",
    group: "fault",
    plan: (stage, random) => {
      const node = pickOf(stage, random, "database");
      const host = stage.nodes[node.host ?? 0];
      return {
        effects: [
          { node: node.index, from: -50, set: { disk: 0.75 }, shape: ramp(50) },
          { node: node.index, set: { errors: random.between(0.3, 0.8) }, shape: ramp(1) },
        ],
        nodeTexts: new Map([
          [
            node.index,
            (own) => `could not extend file "base/16384/${own.whole(10_000, 90_000)}": No space left on device`,
          ],
        ]),
        causes: [cause(node, ["infra", "db"]), ...(host === undefined ? [] : [cause(host, ["infra"])])],
      };
    },
  },
  {
    name: "cron-load",
    group: "fault",
    plan: (stage, random) => {
      const { edge, from, to } = pickCall(stage, random, (a, b) => a.layer >= 40 && b.kind === "database");
      return {
        effects: [
          { node: to.index, set: { work: random.between(3, 7), busy: random.between(0.1, 0.4) }, shape: ramp(1) },
          { node: from.index, set: { busy: random.between(0.4, 0.7) } },
          { edge: edge.index, set: { calls: random.between(5, 20) } },
        ],
        logs: [
          {
            node: from.index,
            severity: "info",
            perMinute: 3,
            text: (own) => `nightly export: page ${own.whole(1, 4000)} of 4112 written`,
          },
        ],
        causes: [cause(from, ["db", "infra", "traffic"]), cause(to, ["db", "infra", "traffic"])],
      };
    },
  },
];
