import { ramp } from "../effect.ts";
import type { Kind } from "../fault.ts";
import { cause, guestsOf, pickHost, pickOf, pickService } from "./pickers.ts";

export const surroundings: readonly Kind[] = [
  {
    name: "traffic-surge",
    group: "fault",
    plan: (stage, random) => {
      const entry = random.pick(stage.entries);
      const times = random.between(2.2, 4.5);
      const root = stage.nodes[entry];
      return {
        effects: [{ node: entry, set: { traffic: times }, shape: ramp(random.between(0.5, 6)) }],
        // The demand is the cause; who saturates first under it is right as well, if it is called traffic.
        causes: [
          ...(root === undefined ? [] : [cause(root, "traffic")]),
          ...stage.nodes
            .filter((node) => node.kind !== "host" && node.index !== entry)
            .map((node) => cause(node, "traffic")),
        ],
      };
    },
  },
  {
    name: "external-outage",
    group: "fault",
    plan: (stage, random) => {
      const node = pickOf(stage, random, "external");
      const isSlow = random.isTrue(0.45);
      return {
        effects: [
          {
            node: node.index,
            set: isSlow ? { waitMs: random.between(3000, 15_000) } : { errors: random.between(0.4, 1) },
            shape: ramp(random.between(0.3, 2)),
          },
        ],
        causes: [cause(node, "dependency")],
      };
    },
  },
  {
    name: "dns-failure",
    group: "fault",
    plan: (stage, random) => {
      const node = stage.nodes.find((one) => one.kind === "unknown") ?? pickService(stage, random);
      const edges = stage.edges.filter((edge) => edge.to === node.index);
      return {
        effects: [
          {
            node: node.index,
            set: { errors: random.between(0.6, 0.97), waitMs: random.between(200, 1500) },
            shape: ramp(0.5),
          },
        ],
        nodeTexts: new Map([[node.index, () => "SERVFAIL: upstream timed out"]]),
        edgeTexts: new Map(
          edges.map((edge) => [
            edge.index,
            () =>
              `getaddrinfo EAI_AGAIN ${stage.nodes[stage.edges.find((one) => one.from === edge.from)?.to ?? 0]?.key ?? "upstream"}`,
          ]),
        ),
        causes: [cause(node, ["infra", "dependency"])],
      };
    },
  },
  {
    name: "noisy-neighbour",
    group: "fault",
    plan: (stage, random) => {
      const host = pickHost(stage, random);
      const guests = guestsOf(stage, host.index);
      const neighbour = random.pick(guests);
      return {
        effects: [
          { node: host.index, set: { busy: random.between(0.75, 0.95) }, shape: ramp(1) },
          { node: neighbour.index, set: { busy: random.between(0.45, 0.6) }, shape: ramp(1) },
          { node: host.index, set: { waitMs: random.between(80, 500) }, shape: ramp(1) },
        ],
        causes: [cause(host, "infra"), cause(neighbour, ["infra", "db"])],
      };
    },
  },
  {
    name: "node-failure",
    group: "fault",
    plan: (stage, random) => {
      const host = pickHost(stage, random);
      return {
        effects: [{ node: host.index, set: { away: 1 } }],
        logs: [],
        causes: [cause(host, "infra")],
      };
    },
  },
  {
    name: "network-delay",
    group: "fault",
    plan: (stage, random) => {
      const node = random.isTrue(0.5) ? pickOf(stage, random, "database") : pickService(stage, random);
      return {
        effects: [{ node: node.index, set: { delayMs: random.between(80, 500) }, shape: ramp(0.5) }],
        causes: [
          cause(node, ["infra", "db", "dependency"]),
          ...stage.nodes.filter((one) => one.index === node.host).map((one) => cause(one, "infra")),
        ],
      };
    },
  },
  {
    name: "packet-loss",
    group: "fault",
    plan: (stage, random) => {
      const host = pickHost(stage, random);
      return {
        effects: [{ node: host.index, set: { loss: random.between(0.06, 0.3) }, shape: ramp(0.5) }],
        causes: [cause(host, "infra")],
      };
    },
  },
  {
    name: "garbage-collection",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(stage, random, (one) => one.language !== "go");
      return {
        effects: [
          { node: node.index, set: { pauses: random.between(0.25, 0.6) }, shape: ramp(3) },
          { node: node.index, from: -5, set: { memory: 0.35 }, shape: ramp(6) },
        ],
        causes: [cause(node, "infra")],
      };
    },
  },
  {
    name: "cpu-throttled",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(stage, random);
      return {
        effects: [
          {
            node: node.index,
            set: {
              busy: random.between(0.3, 0.6),
              capacity: Math.max(0.25, node.usualLoad * random.between(0.9, 1.3)),
            },
            shape: ramp(2),
          },
        ],
        causes: [cause(node, "infra")],
      };
    },
  },
  {
    name: "two-faults",
    group: "fault",
    plan: (stage, random) => {
      const service = pickService(stage, random);
      const database = pickOf(stage, random, "database");
      return {
        effects: [
          { node: service.index, set: { errors: random.between(0.15, 0.5) }, shape: ramp(1) },
          { node: database.index, from: random.between(0, 2), set: { work: random.between(3, 8) }, shape: ramp(2) },
        ],
        changes: [
          {
            id: "guilty",
            kind: "deployment",
            minutes: -random.between(0.3, 3),
            node: service.index,
            title: `${service.key} ${random.whole(1, 5)}.${random.whole(0, 30)}.0`,
            patch: "feature",
          },
        ],
        nodeTexts: new Map([
          [
            service.index,
            (own) => `TypeError: Cannot read properties of undefined (reading '${own.pick(["id", "line"])}')`,
          ],
        ]),
        causes: [cause(service, "release", "guilty"), cause(database, "db")],
      };
    },
  },
];
