import { ramp } from "../effect.ts";
import type { ChangeDraft, Kind } from "../fault.ts";
import type { Random } from "../random.ts";
import type { StageNode } from "../stage.ts";
import { callsOf, cause, pickCall, pickOf, pickService } from "./pickers.ts";

function setting(
  node: StageNode,
  random: Random,
  title: string,
  field: string,
  old: string | null,
  next: string | null,
): ChangeDraft {
  return {
    id: "guilty",
    kind: "config",
    minutes: -random.between(0.1, 2.5),
    node: node.index,
    title,
    fields: [{ field, old, new: next }],
  };
}

export const settings: readonly Kind[] = [
  {
    name: "config-wrong-address",
    group: "fault",
    plan: (stage, random) => {
      const { edge, from, to } = pickCall(
        stage,
        random,
        (a, b) => a.kind === "service" && a.layer < 40 && (b.kind === "service" || b.kind === "database"),
      );
      return {
        effects: [{ edge: edge.index, set: { blocked: random.between(0.9, 1) }, shape: ramp(1) }],
        changes: [
          setting(
            from,
            random,
            `ConfigMap ${from.key}-settings`,
            `${to.key.toUpperCase().replaceAll(/\W/g, "_")}_URL`,
            `http://${to.key}:8080`,
            `http://${to.key}:8081`,
          ),
        ],
        edgeTexts: new Map([[edge.index, () => `connect ECONNREFUSED ${to.key}:8081`]]),
        causes: [cause(from, "config", "guilty")],
      };
    },
  },
  {
    name: "config-timeout",
    group: "fault",
    plan: (stage, random) => {
      const { edge, from, to } = pickCall(
        stage,
        random,
        (a, b) =>
          a.kind === "service" && a.layer < 40 && (b.kind === "service" || b.kind === "external") && b.serviceMs > 8,
      );
      const milliseconds = Math.max(5, Math.round(to.serviceMs * random.between(0.7, 1.5)));
      return {
        effects: [{ edge: edge.index, set: { timeout: milliseconds / edge.timeoutMs }, shape: ramp(1) }],
        changes: [
          setting(
            from,
            random,
            `ConfigMap ${from.key}-settings`,
            "HTTP_TIMEOUT_MS",
            String(edge.timeoutMs),
            String(milliseconds),
          ),
        ],
        edgeTexts: new Map([[edge.index, () => `call to ${to.key} timed out after ${milliseconds} ms`]]),
        causes: [cause(from, "config", "guilty")],
      };
    },
  },
  {
    name: "config-pool-size",
    group: "fault",
    plan: (stage, random) => {
      const { from } = pickCall(
        stage,
        random,
        (a, b, edge) => a.kind === "service" && a.layer < 40 && b.kind === "database" && edge.behindCache === null,
      );
      return {
        effects: [
          {
            node: from.index,
            set: { heldPool: 0, waitMs: random.between(300, 1800), errors: random.between(0.05, 0.4) },
            shape: ramp(1),
          },
        ],
        changes: [setting(from, random, `ConfigMap ${from.key}-settings`, "DB_POOL_SIZE", "40", "2")],
        nodeTexts: new Map([
          [
            from.index,
            (own) =>
              `timed out waiting for a database connection from the pool (size 2, ${own.whole(5, 60)} requests waiting)`,
          ],
        ]),
        causes: [cause(from, ["config", "db"], "guilty")],
      };
    },
  },
  {
    name: "flag-enabled",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(stage, random);
      const isSlow = random.isTrue(0.4);
      return {
        effects: [
          {
            node: node.index,
            set: isSlow ? { waitMs: random.between(250, 1500) } : { errors: random.between(0.1, 0.6) },
          },
        ],
        changes: [
          {
            id: "guilty",
            kind: "flag",
            minutes: -random.between(0.05, 1.5),
            node: random.isTrue(0.8) ? node.index : null,
            title: `Flag ${random.pick(["new-pricing", "fast-path", "second-address", "smart-sort"])}`,
            fields: [{ field: "enabled", old: "false", new: "true" }],
          },
        ],
        nodeTexts: new Map([[node.index, (own) => `Error: variant "b" has no handler for request ${own.hex(12)}`]]),
        causes: [cause(node, "flag", "guilty")],
      };
    },
  },
  {
    name: "secret-rotation",
    group: "fault",
    plan: (stage, random) => {
      const { edge, from, to } = pickCall(
        stage,
        random,
        (a, b, call) => a.kind === "service" && a.layer < 40 && b.kind === "database" && call.behindCache === null,
      );
      return {
        effects: [{ edge: edge.index, set: { blocked: random.between(0.85, 1) }, shape: ramp(random.between(0.5, 3)) }],
        changes: [
          {
            id: "guilty",
            kind: "config",
            minutes: -random.between(0.2, 3),
            node: from.index,
            title: `Secret ${to.key}-credentials`,
            fields: [{ field: "password", old: null, new: null }],
          },
        ],
        edgeTexts: new Map([[edge.index, () => `FATAL: password authentication failed for user "${from.key}"`]]),
        logs: [
          {
            node: to.index,
            severity: "error",
            perMinute: 5,
            text: () => `password authentication failed for user "${from.key}"`,
          },
        ],
        causes: [cause(from, ["config", "db"], "guilty")],
      };
    },
  },
  {
    name: "credential-expired",
    group: "fault",
    plan: (stage, random) => {
      const external = pickOf(stage, random, "external");
      const edge = stage.edges.find((one) => one.to === external.index);
      const from = stage.nodes[edge?.from ?? 0];
      return {
        effects: [{ edge: edge?.index ?? 0, set: { errors: random.between(0.95, 1) } }],
        edgeTexts: new Map([[edge?.index ?? 0, () => `${external.key} answered 401: token expired`]]),
        causes: [
          ...(from === undefined ? [] : [cause(from, ["config", "dependency"])]),
          cause(external, ["dependency", "config"]),
        ],
      };
    },
  },
  {
    name: "cpu-limit-lowered",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(stage, random);
      return {
        effects: [{ node: node.index, set: { capacity: node.usualLoad * random.between(0.75, 1.05) }, shape: ramp(1) }],
        changes: [setting(node, random, `Deployment ${node.key}`, "resources.limits.cpu", "2", "200m")],
        causes: [cause(node, ["config", "infra"], "guilty")],
      };
    },
  },
  {
    name: "certificate-expired",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(
        stage,
        random,
        (one) => stage.edges.filter((edge) => edge.to === one.index && edge.isHard).length > 0,
      );
      const edges = stage.edges.filter((edge) => edge.to === node.index && !edge.isAsync);
      return {
        effects: edges.map((edge) => ({ edge: edge.index, set: { blocked: 0.97 }, shape: ramp(1) })),
        edgeTexts: new Map(
          edges.map((edge) => [edge.index, () => `certificate has expired: TLS handshake with ${node.key}:443 failed`]),
        ),
        causes: [cause(node, ["config", "infra", "dependency"])],
      };
    },
  },
  {
    name: "retries-raised",
    group: "fault",
    plan: (stage, random) => {
      const node = pickService(stage, random, (one) =>
        callsOf(stage, one.index).some((edge) => stage.nodes[edge.to]?.kind === "service"),
      );
      const edges = callsOf(stage, node.index).filter((edge) => stage.nodes[edge.to]?.kind === "service");
      const edge = random.pick(edges.length > 0 ? edges : callsOf(stage, node.index));
      const callee = stage.nodes[edge.to] ?? node;
      return {
        // A short hiccup of the callee, and a caller that tries so often that it never recovers.
        effects: [
          { edge: edge.index, from: -1, set: { retries: 8, timeout: 0.3 } },
          { node: callee.index, to: 3, set: { capacity: 0.25 } },
          { node: callee.index, from: 3, set: { capacity: Math.max(0.25, callee.usualLoad * 1.6) } },
        ],
        changes: [setting(node, random, `ConfigMap ${node.key}-settings`, "HTTP_RETRIES", "1", "9")],
        causes: [
          cause(node, ["config", "traffic"], "guilty"),
          cause(callee, ["traffic", "infra", "dependency", "config"]),
          cause(callee, ["config", "traffic"], "guilty"),
        ],
      };
    },
  },
];
