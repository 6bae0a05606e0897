import { ramp } from "../effect.ts";
import type { Kind } from "../fault.ts";
import { cause, pickService } from "./pickers.ts";
import { plainFault } from "./plain-faults.ts";
import { deployment } from "./releases.ts";

/** Faults as above, seen through bad windows. */
export const degraded: readonly Kind[] = [
  {
    name: "degraded-culprit-without-metrics",
    group: "degraded",
    plan: (stage, random) => {
      const node = pickService(stage, random);
      return {
        effects: [{ node: node.index, set: { errors: random.between(0.3, 0.8) }, shape: ramp(1) }],
        changes: [deployment(node, random, "feature")],
        silent: [node.index],
        causes: [cause(node, "release", "guilty")],
      };
    },
  },
  {
    name: "degraded-clock-skew",
    group: "degraded",
    plan: (stage, random) => {
      const { place: _, ...fault } = plainFault(stage, random);
      const wrong = random
        .shuffle(stage.nodes.filter((node) => node.kind !== "host"))
        .slice(0, Math.ceil(stage.nodes.length / 4));
      return {
        ...fault,
        skewMs: new Map(wrong.map((node) => [node.index, Math.round(random.between(-150_000, 150_000))])),
      };
    },
  },
  {
    name: "degraded-only-logs",
    group: "degraded",
    plan: (stage, random) => {
      const node = pickService(stage, random);
      return {
        effects: [{ node: node.index, set: { errors: random.between(0.2, 0.8) }, shape: ramp(1) }],
        changes: [deployment(node, random, "feature")],
        nodeTexts: new Map([
          [
            node.index,
            (own) =>
              `TypeError: Cannot read properties of undefined (reading '${own.pick(["id", "date"])}') at render (src/summary/render.ts:${own.whole(10, 80)})`,
          ],
        ]),
        only: ["logs"],
        causes: [cause(node, "release", "guilty")],
      };
    },
  },
  {
    name: "degraded-only-traces",
    group: "degraded",
    plan: (stage, random) => {
      const node = pickService(stage, random);
      return {
        effects: [
          {
            node: node.index,
            set: random.isTrue(0.5) ? { errors: random.between(0.25, 0.8) } : { waitMs: random.between(400, 2000) },
            shape: ramp(1),
          },
        ],
        changes: [deployment(node, random, "client")],
        only: ["spans"],
        causes: [cause(node, "release", "guilty")],
      };
    },
  },
  {
    name: "degraded-only-failed-spans",
    group: "degraded",
    plan: (stage, random) => {
      const node = pickService(stage, random);
      return {
        effects: [{ node: node.index, set: { errors: random.between(0.3, 0.9) }, shape: ramp(1) }],
        only: ["spans"],
        causes: [cause(node, ["dependency", "release", "infra"])],
      };
    },
  },
  {
    name: "degraded-late-alert",
    group: "degraded",
    plan: (stage, random) => {
      const { place: _, ...fault } = plainFault(stage, random);
      return { ...fault, lateMinutes: random.between(3, 5) };
    },
  },
  {
    name: "degraded-low-traffic",
    group: "degraded",
    wishes: { services: [8, 14], trafficPerS: [0.6, 2] },
    plan: (stage, random) => {
      const { place: _, ...fault } = plainFault(stage, random);
      return fault;
    },
  },
  {
    name: "degraded-without-topology",
    group: "degraded",
    plan: (stage, random) => {
      const { place: _, ...fault } = plainFault(stage, random);
      return { ...fault, withoutEdges: true };
    },
  },
];
