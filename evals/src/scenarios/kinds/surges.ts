import { type Effect, ramp } from "../effect.ts";
import type { ChangeDraft, Kind, RightCause } from "../fault.ts";
import type { Random } from "../random.ts";
import type { Stage, StageNode } from "../stage.ts";
import { version } from "../write-changes.ts";
import { callsOf, cause, pickCall, pickService } from "./pickers.ts";
import { deployment } from "./releases.ts";

/** The demand is the cause; who saturates first under it is right as well, if it is called traffic. */
function byDemand(stage: Stage, entries: readonly number[]): RightCause[] {
  return [
    ...stage.nodes.filter(({ index }) => entries.includes(index)),
    ...stage.nodes.filter(({ index, kind }) => kind !== "host" && !entries.includes(index)),
  ].map((node) => cause(node, "traffic"));
}

/** More comes in at every entry, as after a campaign. */
function demand(stage: Stage, times: number, minutes: number, from = 0): Effect[] {
  return stage.entries.map((entry) => ({ node: entry, from, set: { traffic: times }, shape: ramp(minutes) }));
}

/** Everything else has room for it, because it is scaled by itself: one place alone is short. */
function roomBut(stage: Stage, short: StageNode, times: number): Effect[] {
  return stage.nodes
    .filter(({ index, kind }) => index !== short.index && kind !== "host")
    .map(({ index }) => ({ node: index, set: { capacity: times } }));
}

/** A service whose room is used up first when more comes in. */
function pickFullest(stage: Stage, random: Random): StageNode {
  const node = pickService(stage, random);
  return stage.nodes
    .filter(({ kind, layer }) => kind === "service" && layer > 0 && layer < 40)
    .reduce((most, one) => (one.usualLoad > most.usualLoad ? one : most), node);
}

/** A deployment that changed nothing about how much the service stands: some minutes ago rather than many. */
function healthyDeployment(node: StageNode, random: Random, least: number, most: number): ChangeDraft {
  return {
    kind: "deployment",
    minutes: -Math.exp(random.between(Math.log(least), Math.log(most))),
    node: node.index,
    title: `${node.key} ${version(random)}`,
    patch: random.pick(["feature", "refactor", "client", "query", "dependency", "timeout"]),
  };
}

/** Surges, and changes beside them: a healthy release before one, a full pool under one, a bad release during one, demand that a release makes itself. */
export const surges: readonly Kind[] = [
  {
    name: "surge-after-deployment",
    group: "red_herring",
    plan: (stage, random) => {
      const node = pickFullest(stage, random);
      const times = Math.exp(random.between(Math.log(2), Math.log(12)));
      return {
        effects: [
          ...demand(stage, times, random.between(0.3, 5)),
          ...(random.isTrue(0.6) ? roomBut(stage, node, times) : []),
        ],
        changes: [healthyDeployment(node, random, 1, 60)],
        causes: byDemand(stage, stage.entries),
      };
    },
  },
  {
    name: "surge-full-pool",
    group: "red_herring",
    plan: (stage, random) => {
      const { from } = pickCall(
        stage,
        random,
        (a, b) => a.kind === "service" && a.layer > 0 && a.layer < 40 && b.kind === "database",
      );
      const text = (own: Random) =>
        `timed out waiting for a database connection from the pool (in use 20 of 20, ${own.whole(5, 90)} requests waiting)`;
      const times = random.between(2, 5);
      return {
        effects: [
          // A pool that was always just large enough.
          { node: from.index, from: -10_000, set: { heldPool: random.between(0.55, 0.7) } },
          ...demand(stage, times, random.between(0.3, 3)),
          ...(random.isTrue(0.7) ? roomBut(stage, from, times) : []),
          { node: from.index, set: { capacity: times } },
        ],
        changes: random.isTrue(0.7) ? [healthyDeployment(from, random, 1, 60)] : [],
        logs: [{ node: from.index, severity: "error", perMinute: 4, from: 0.5, text }],
        causes: byDemand(stage, stage.entries),
      };
    },
  },
  {
    name: "release-during-surge",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(stage, random);
      const isWork = random.isTrue(0.4);
      return {
        effects: [
          ...demand(stage, random.between(1.2, 1.7), random.between(1, 6), -random.between(2, 15)),
          {
            node: node.index,
            set: isWork ? { waitMs: random.between(300, 1500) } : { errors: random.between(0.1, 0.7) },
            shape: ramp(random.between(0.5, 2)),
          },
        ],
        changes: [deployment(node, random, isWork ? "client" : "feature")],
        ...(isWork
          ? {}
          : {
              nodeTexts: new Map([
                [node.index, (own: Random) => `KeyError: 'currency' in price/round.py line ${own.whole(5, 120)}`],
              ]),
            }),
        causes: [cause(node, "release", "guilty")],
      };
    },
  },
  {
    name: "release-retry-storm",
    group: "fault",
    plan: (stage, random) => {
      const { edge, from, to } = pickCall(
        stage,
        random,
        (a, b) => a.kind === "service" && a.layer < 40 && b.kind === "service",
      );
      return {
        effects: [
          // A client without a budget for second tries, and one slow answer is enough.
          { edge: edge.index, set: { calls: random.between(3, 7), retries: 4, timeout: 0.4 }, shape: ramp(1) },
          { node: to.index, set: { capacity: Math.max(0.2, to.usualLoad * 1.5) }, shape: ramp(2) },
        ],
        changes: [deployment(from, random, "client")],
        causes: [
          cause(from, ["release", "traffic"], "guilty"),
          ...callsOf(stage, from.index)
            .filter((one) => one.to === to.index)
            .flatMap(() => [cause(to, ["traffic", "infra", "dependency", "release"])]),
        ],
      };
    },
  },
];

/** Deployments that had served before the trouble: well, and with a fault in what nobody had asked for yet. */
export const served: readonly Kind[] = [
  {
    name: "herring-served-well",
    group: "red_herring",
    plan: (stage, random) => {
      const node = pickService(stage, random);
      const isShort = random.isTrue(0.5);
      return {
        effects: [
          isShort
            ? { node: node.index, set: { busy: 0.4, capacity: Math.max(0.25, node.usualLoad * 1.1) }, shape: ramp(2) }
            : { node: node.index, set: { delayMs: random.between(150, 500) }, shape: ramp(1) },
        ],
        changes: [healthyDeployment(node, random, 12, 60)],
        causes: [
          cause(node, ["infra", "dependency"]),
          ...stage.nodes.filter((one) => one.index === node.host).map((one) => cause(one, "infra")),
        ],
      };
    },
  },
  {
    name: "release-found-late",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(stage, random);
      const line = random.whole(20, 300);
      return {
        effects: [
          { node: node.index, set: { errors: random.between(0.08, 0.5) }, shape: ramp(random.between(0.5, 4)) },
        ],
        changes: [deployment(node, random, "feature", { minutes: -random.between(8, 40) })],
        nodeTexts: new Map([
          [
            node.index,
            () => `java.lang.NullPointerException: voucher is null at com.example.Redeem.apply(Redeem.java:${line})`,
          ],
        ]),
        causes: [cause(node, "release", "guilty")],
      };
    },
  },
];
