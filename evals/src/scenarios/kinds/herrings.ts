import type { Kind } from "../fault.ts";
import type { Random } from "../random.ts";
import type { Stage, StageNode } from "../stage.ts";
import { version } from "../write-changes.ts";
import { cause, pickOf } from "./pickers.ts";
import { plainFault } from "./plain-faults.ts";

/** A service that is neither the place of the fault nor on its way up. */
function pickElsewhere(stage: Stage, place: number, random: Random): StageNode {
  const touched = new Set([place]);
  for (let more = true; more; ) {
    more = false;
    for (const edge of stage.edges)
      if (touched.has(edge.to) && !touched.has(edge.from)) {
        touched.add(edge.from);
        more = true;
      }
  }
  const services = stage.nodes.filter((node) => node.kind === "service");
  const fit = services.filter((node) => !touched.has(node.index));
  return random.pick(fit.length > 0 ? fit : services.filter((node) => node.index !== place));
}

export const herrings: readonly Kind[] = [
  {
    name: "herring-deployment-elsewhere",
    group: "red_herring",
    plan: (stage, random) => {
      const { place, ...fault } = plainFault(stage, random);
      const node = pickElsewhere(stage, place, random);
      return {
        ...fault,
        changes: [
          {
            kind: "deployment",
            minutes: -random.between(0, 2),
            node: node.index,
            title: `${node.key} ${version(random)}`,
            patch: random.pick(["feature", "client", "timeout"]),
          },
        ],
      };
    },
  },
  {
    name: "herring-late-deployment",
    group: "red_herring",
    plan: (stage, random) => {
      const { place, ...fault } = plainFault(stage, random);
      const caller = stage.edges.find((edge) => edge.to === place && stage.nodes[edge.from]?.kind === "service")?.from;
      const node = stage.nodes[stage.nodes[place]?.kind === "service" ? place : (caller ?? place)];
      return {
        ...fault,
        changes: [
          {
            kind: "deployment",
            minutes: random.between(3, 9),
            node: node?.index ?? null,
            title: `${node?.key ?? ""} ${version(random)}`,
            patch: random.pick(["feature", "timeout", "client"]),
          },
        ],
      };
    },
  },
  {
    name: "herring-noisy-metric",
    group: "red_herring",
    plan: (stage, random) => {
      const { place, ...fault } = plainFault(stage, random);
      const others = random.shuffle(stage.nodes.filter((node) => node.index !== place && node.kind !== "external"));
      return { ...fault, erratic: others.slice(0, 3).map((node) => node.index) };
    },
  },
  {
    name: "herring-recovered",
    group: "red_herring",
    plan: (stage, random) => {
      const node = pickOf(stage, random, "external");
      return {
        effects: [{ node: node.index, to: random.between(1, 3), set: { errors: random.between(0.4, 0.9) } }],
        causes: [cause(node, "dependency")],
        mayBeNone: true,
      };
    },
  },
];

export const healthy: readonly Kind[] = [
  {
    name: "healthy-day-swing",
    group: "healthy",
    plan: (stage, random) => ({
      effects: stage.entries.map((entry) => ({
        node: entry,
        from: -40,
        set: { traffic: random.between(1.15, 1.35) },
        shape: (minutes: number) => Math.min(1, minutes / 55),
      })),
      causes: [],
      isQuiet: true,
    }),
  },
  {
    name: "healthy-benign-deployment",
    group: "healthy",
    plan: (stage, random) => {
      const node = random.pick(stage.nodes.filter((one) => one.kind === "service"));
      return {
        effects: [{ node: node.index, to: 1, set: { work: 1.3, restarts: 1 } }],
        changes: [
          {
            kind: "deployment",
            minutes: -random.between(0, 3),
            node: node.index,
            title: `${node.key} ${version(random)}`,
            patch: random.pick(["feature", "refactor", "query", "dependency", "timeout"]),
          },
        ],
        causes: [],
        isQuiet: true,
      };
    },
  },
  { name: "healthy-noise", group: "healthy", plan: () => ({ effects: [], causes: [], isQuiet: true }) },
  {
    name: "healthy-maintenance-restart",
    group: "healthy",
    plan: (stage, random) => {
      const node = random.pick(stage.nodes.filter((one) => one.kind === "service" && one.instances > 2));
      return {
        effects: [{ node: node.index, to: 2.5, set: { restarts: 1.2, capacity: 1 - 1 / node.instances, work: 1.1 } }],
        changes: [
          {
            kind: "infrastructure",
            minutes: -0.5,
            node: node.index,
            title: `Drain of ${stage.nodes[node.host ?? 0]?.key ?? "a node"}: ${node.key} moved`,
          },
        ],
        causes: [],
        isQuiet: true,
      };
    },
  },
  {
    name: "healthy-scaling",
    group: "healthy",
    plan: (stage, random) => {
      const node = random.pick(stage.nodes.filter((one) => one.kind === "service"));
      return {
        effects: [{ node: node.index, set: { capacity: 1.5 } }],
        changes: [
          {
            kind: "scaling",
            minutes: -random.between(0, 1),
            node: node.index,
            title: `Scale ${node.key}`,
            fields: [{ field: "replicas", old: String(node.instances), new: String(Math.ceil(node.instances * 1.5)) }],
          },
        ],
        causes: [],
        isQuiet: true,
      };
    },
  },
  {
    name: "healthy-benign-setting",
    group: "healthy",
    plan: (stage, random) => {
      const node = random.pick(stage.nodes.filter((one) => one.kind === "service"));
      const isFlag = random.isTrue(0.5);
      return {
        effects: [],
        changes: [
          isFlag
            ? {
                kind: "flag",
                minutes: -random.between(0, 3),
                node: node.index,
                title: "Flag new-banner",
                fields: [{ field: "enabled", old: "false", new: "true" }],
              }
            : {
                kind: "config",
                minutes: -random.between(0, 3),
                node: node.index,
                title: `ConfigMap ${node.key}-settings`,
                fields: [{ field: "HTTP_TIMEOUT_MS", old: "3000", new: "4000" }],
              },
        ],
        causes: [],
        erratic: [random.pick(stage.nodes.filter((one) => one.kind === "service")).index],
        isQuiet: true,
      };
    },
  },
];
