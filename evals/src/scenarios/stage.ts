import type { Random } from "./random.ts";

/*
 * The stage of a scenario: services in layers that call each other, with databases, caches, queues and other people's APIs
 * behind them, on hosts. Drawn anew for each seed, before anything is known of the fault.
 */

export type NodeKind = "service" | "database" | "cache" | "queue" | "external" | "host" | "unknown";
export type Language = "jvm" | "node" | "go" | "python";

export interface StageNode {
  readonly index: number;
  readonly key: string;
  readonly kind: NodeKind;
  readonly layer: number;
  /** Index of the host, or null for hosts and for what others run. */
  readonly host: number | null;
  readonly instances: number;
  readonly language: Language;
  /** Own work of one request, in milliseconds. */
  readonly serviceMs: number;
  /** Spread of the logarithm of its latency. */
  readonly sigma: number;
  /** How full it is at the usual traffic, 0..1. */
  readonly usualLoad: number;
  readonly errorShare: number;
  readonly memoryBytes: number;
  readonly memoryLimit: number;
  /** Share of look-ups that a cache answers. */
  readonly hitShare: number;
}

export interface StageEdge {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  /** Calls for each request that the caller serves. */
  readonly calls: number;
  readonly timeoutMs: number;
  readonly retries: number;
  /** Without an answer the caller's request fails too. */
  readonly isHard: boolean;
  /** Through a queue: nobody waits for it. */
  readonly isAsync: boolean;
  /** The cache whose misses make these calls. */
  readonly behindCache: number | null;
}

export interface Stage {
  readonly nodes: readonly StageNode[];
  readonly edges: readonly StageEdge[];
  /** Where requests come in. */
  readonly entries: readonly number[];
  /** Requests a second at each entry, about. */
  readonly trafficPerS: number;
  /** Callers before callees. */
  readonly order: readonly number[];
}

const words =
  "cart checkout catalog search pricing inventory shipping billing accounts profile sessions recommendations reviews media images notifications mailer loyalty coupons tax fraud ledger payouts refunds orders returns warehouse routing geo weather feed timeline messages presence contacts calendar reports export import audit consent preferences translation currency quotes bookings seats tickets menu delivery couriers tracking stock vouchers gifts wishlist badges scoring matching ads bidding".split(
    " ",
  );
const frontNames = ["web", "gateway", "storefront", "api", "edge", "portal", "mobile-api", "bff"];
const vendors = ["payments", "sms", "maps", "identity", "mail", "credit", "stocks", "video"];

export interface StageWishes {
  readonly services?: readonly [number, number];
  readonly trafficPerS?: readonly [number, number];
}

/** Draws a stage: 8 to 40 services (few large ones), at least two databases, a cache, a queue with its consumer and one external API. */
export function buildStage(random: Random, wishes: StageWishes = {}): Stage {
  const [least, most] = wishes.services ?? [8, 40];
  const services = Math.round(least + (most - least) * random.next() ** 2.2);
  const [quiet, busy] = wishes.trafficPerS ?? [15, 400];
  const trafficPerS = Math.exp(random.between(Math.log(quiet), Math.log(busy)));
  const suffix = random.pick(["", "", "-service", "-svc"]);
  const names = random.shuffle(words).slice(0, services);
  const nodes: StageNode[] = [];
  const edges: StageEdge[] = [];
  const hostCount = Math.max(3, Math.round(services / random.between(2.5, 4.5)));
  const style = random.pick(["node-", "ip-10-0-4-", "worker-", "vm-"]);
  const hostIndex = (at: number) => at;
  for (let at = 0; at < hostCount; at++) add(`${style}${at + 1}`, "host", 99, null);

  function add(key: string, kind: NodeKind, layer: number, host: number | null): StageNode {
    const isStore = kind === "database" || kind === "cache" || kind === "queue";
    const memoryBytes = Math.round(random.between(120, 900)) * 1_048_576 * (kind === "database" ? 6 : 1);
    const node: StageNode = {
      index: nodes.length,
      key,
      kind,
      layer,
      host,
      instances: kind === "service" ? random.whole(2, 5) : 1,
      language: random.pick(["jvm", "node", "go", "python"]),
      serviceMs:
        kind === "cache"
          ? random.between(0.4, 1.5)
          : kind === "external"
            ? random.between(40, 250)
            : kind === "queue"
              ? random.between(1, 4)
              : isStore
                ? Math.exp(random.between(Math.log(2), Math.log(15)))
                : Math.exp(random.between(Math.log(3), Math.log(40))),
      sigma: random.between(0.3, 0.65),
      usualLoad: random.between(0.12, 0.55),
      errorShare: random.isTrue(0.3) ? random.between(0.001, 0.012) : random.between(0, 0.001),
      memoryBytes,
      memoryLimit: memoryBytes * random.between(1.5, 2.6),
      hitShare: random.between(0.8, 0.96),
    };
    nodes.push(node);
    return node;
  }
  function call(from: number, to: number, calls: number, more: Partial<StageEdge> = {}) {
    if (edges.some((edge) => edge.from === from && edge.to === to)) return;
    edges.push({
      index: edges.length,
      from,
      to,
      calls,
      timeoutMs: random.pick([1000, 2000, 3000, 5000, 10_000]),
      retries: random.pick([0, 0, 1, 1, 2]),
      isHard: random.isTrue(0.75),
      isAsync: false,
      behindCache: null,
      ...more,
    });
  }

  const entryCount = services > 20 ? 2 : 1;
  const fronts = random.shuffle(frontNames);
  const entries: number[] = [];
  const host = () => hostIndex(random.whole(0, hostCount - 1));
  for (let at = 0; at < entryCount; at++)
    entries.push(add(`${fronts[at] ?? "web"}${suffix}`, "service", 0, host()).index);
  const depth = Math.min(5, 2 + Math.round(Math.log2(services / 6)));
  const layers: number[][] = [entries];
  const inner = names.slice(entryCount);
  for (let layer = 1; layer <= depth; layer++) layers.push([]);
  inner.forEach((name, at) => {
    const layer = at < depth ? at + 1 : random.whole(1, depth);
    const node = add(`${name}${suffix}`, "service", layer, host());
    layers[layer]?.push(node.index);
  });
  for (let layer = 1; layer <= depth; layer++) {
    for (const to of layers[layer] ?? []) {
      const above = layers[layer - 1] ?? entries;
      call(random.pick(above), to, random.between(0.25, 1.1));
      const others = nodes.filter((node) => node.kind === "service" && node.layer < layer);
      for (let more = random.whole(0, services > 12 ? 2 : 1); more > 0; more--)
        call(random.pick(others).index, to, random.between(0.1, 0.8), { isHard: random.isTrue(0.5) });
    }
  }
  const own = nodes.filter((node) => node.kind === "service");
  const behind = own.filter((node) => node.layer > 0);
  // A database has one or two services over it; a cache stands before some of them.
  let databases = 0;
  for (const node of behind) {
    if (databases > 1 && !random.isTrue(0.5)) continue;
    const stem = node.key.replace(suffix, "");
    const database = add(`${stem}-${random.pick(["db", "postgres", "mysql", "store"])}`, "database", 50, host());
    databases += 1;
    const cached = random.isTrue(0.3) || databases === 1;
    const cache = cached ? add(`${stem}-${random.pick(["cache", "redis"])}`, "cache", 50, host()) : null;
    if (cache !== null)
      call(node.index, cache.index, random.between(1, 3), { timeoutMs: 500, isHard: false, retries: 0 });
    call(node.index, database.index, random.between(0.8, 3), {
      timeoutMs: random.pick([2000, 5000, 10_000]),
      isHard: true,
      retries: 0,
      behindCache: cache?.index ?? null,
    });
    const other = random.pick(behind);
    if (random.isTrue(0.25) && other.layer >= node.layer && other.index !== node.index)
      call(other.index, database.index, random.between(0.3, 1), { isHard: true, retries: 0 });
  }
  const vendorNames = random.shuffle(vendors);
  const externals = random.whole(1, Math.max(1, Math.min(4, Math.round(services / 7))));
  for (let at = 0; at < externals; at++) {
    const external = add(`api.${vendorNames[at] ?? "vendor"}.example`, "external", 60, null);
    call(random.pick(behind).index, external.index, random.between(0.3, 1), {
      isHard: true,
      timeoutMs: random.pick([3000, 5000, 10_000]),
    });
  }
  const queues = random.whole(1, services > 15 ? 3 : 1);
  const consumers = random.shuffle(behind.filter((node) => node.layer === depth || node.layer >= 2));
  for (let at = 0; at < queues; at++) {
    const producer = random.pick(own);
    const queue = add(
      `${producer.key.replace(suffix, "")}-${random.pick(["events", "queue", "jobs"])}`,
      "queue",
      40,
      host(),
    );
    const worker = add(`${names[at] ?? consumers[0]?.key ?? "task"}-worker`, "service", 45, host());
    call(producer.index, queue.index, random.between(0.2, 0.8), { isHard: false, retries: 0, timeoutMs: 1000 });
    call(queue.index, worker.index, 1, { isAsync: true, isHard: false, retries: 0 });
    const stores = nodes.filter((node) => node.kind === "database");
    call(worker.index, random.pick(stores).index, random.between(0.5, 1.5), { isHard: true, retries: 0 });
  }
  const resolver = add(random.pick(["cluster-dns", "coredns", "resolver"]), "unknown", 70, host());
  for (const node of own) call(node.index, resolver.index, 0.3, { isHard: true, retries: 1, timeoutMs: 2000 });
  const order = nodes
    .filter((node) => node.kind !== "host")
    .sort((a, b) => a.layer - b.layer || a.index - b.index)
    .map((node) => node.index);
  return { nodes, edges, entries, trafficPerS, order };
}
