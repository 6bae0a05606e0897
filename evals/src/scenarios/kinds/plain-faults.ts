import { ramp } from "../effect.ts";
import type { Plan } from "../fault.ts";
import type { Random } from "../random.ts";
import type { Stage } from "../stage.ts";
import { cause, pickOf, pickService } from "./pickers.ts";

/** Faults that no change brought: what red herrings are set beside. */
export function plainFault(stage: Stage, random: Random): Plan & { readonly place: number } {
  switch (random.whole(0, 3)) {
    case 0: {
      const node = pickOf(stage, random, "database");
      return {
        place: node.index,
        effects: [{ node: node.index, set: { work: random.between(4, 10) }, shape: ramp(2) }],
        causes: [cause(node, "db")],
      };
    }
    case 1: {
      const node = pickOf(stage, random, "external");
      return {
        place: node.index,
        effects: [{ node: node.index, set: { errors: random.between(0.5, 1) }, shape: ramp(1) }],
        causes: [cause(node, "dependency")],
      };
    }
    case 2: {
      const node = pickService(stage, random);
      return {
        place: node.index,
        effects: [
          { node: node.index, set: { busy: 0.4, capacity: Math.max(0.25, node.usualLoad * 1.1) }, shape: ramp(2) },
        ],
        causes: [cause(node, "infra")],
      };
    }
    default: {
      const node = pickService(stage, random);
      return {
        place: node.index,
        effects: [{ node: node.index, set: { delayMs: random.between(150, 500) }, shape: ramp(1) }],
        causes: [
          cause(node, ["infra", "dependency"]),
          ...stage.nodes.filter((one) => one.index === node.host).map((one) => cause(one, "infra")),
        ],
      };
    }
  }
}
