import type { Random } from "./random.ts";

/** What is measured, in the generator's own words; each world calls it by the names of one convention. */
export type Meter =
  | "requests"
  | "errors"
  | "latency"
  | "cpu"
  | "memory"
  | "restarts"
  | "workers"
  | "pool"
  | "poolWaiting"
  | "gc"
  | "callLatency"
  | "callErrors"
  | "queries"
  | "queryLatency"
  | "connections"
  | "locks"
  | "disk"
  | "hitRatio"
  | "commands"
  | "depth"
  | "oldestAge"
  | "consumed"
  | "netDrops"
  | "up";

export interface MeterName {
  readonly metric: string;
  readonly unit: string;
  readonly kind: "gauge" | "counter" | "delta";
  /** Times the natural value (seconds, shares of 1, bytes). */
  readonly scale: number;
  readonly statistics?: readonly ("average" | "p50" | "p90" | "p95" | "p99" | "max")[];
}

type Names = Readonly<Record<Meter, MeterName>>;
const gauge = (metric: string, unit = "1", scale = 1): MeterName => ({ metric, unit, kind: "gauge", scale });
const counter = (metric: string, unit = "1", scale = 1): MeterName => ({ metric, unit, kind: "counter", scale });
const delta = (metric: string, unit = "1", scale = 1): MeterName => ({ metric, unit, kind: "delta", scale });
const quantiles = (name: MeterName, ...statistics: NonNullable<MeterName["statistics"]>): MeterName => ({
  ...name,
  statistics,
});

const prometheus: Names = {
  requests: counter("http_requests_total"),
  errors: counter("http_request_errors_total"),
  latency: quantiles(gauge("http_request_duration_seconds", "s"), "p50", "p95", "p99"),
  cpu: counter("process_cpu_seconds_total", "s"),
  memory: gauge("container_memory_working_set_bytes", "By"),
  restarts: counter("kube_pod_container_status_restarts_total"),
  workers: gauge("thread_pool_active_threads"),
  pool: gauge("db_client_connections_used"),
  poolWaiting: gauge("db_client_connections_pending_requests"),
  gc: counter("runtime_gc_pause_seconds_total", "s"),
  callLatency: quantiles(gauge("http_client_request_duration_seconds", "s"), "p95"),
  callErrors: counter("http_client_request_errors_total"),
  queries: counter("db_queries_total"),
  queryLatency: quantiles(gauge("db_query_duration_seconds", "s"), "average", "p95"),
  connections: gauge("db_connections_active"),
  locks: gauge("db_locks_waiting"),
  disk: gauge("filesystem_used_ratio"),
  hitRatio: gauge("cache_hit_ratio"),
  commands: counter("cache_commands_total"),
  depth: gauge("queue_messages_ready"),
  oldestAge: gauge("queue_oldest_message_age_seconds", "s"),
  consumed: counter("queue_messages_delivered_total"),
  netDrops: counter("node_network_receive_drop_total"),
  up: gauge("up"),
};

const otel: Names = {
  requests: delta("http.server.request.count", "{request}"),
  errors: delta("http.server.error.count", "{request}"),
  latency: quantiles(gauge("http.server.request.duration", "s"), "p50", "p99"),
  cpu: gauge("process.cpu.utilization"),
  memory: gauge("process.memory.usage", "By"),
  restarts: counter("k8s.container.restarts"),
  workers: gauge("http.server.active_requests", "{request}"),
  pool: gauge("db.client.connection.count", "{connection}"),
  poolWaiting: gauge("db.client.connection.pending_requests", "{request}"),
  gc: delta("process.runtime.gc.duration", "s"),
  callLatency: quantiles(gauge("http.client.request.duration", "s"), "average", "p95"),
  callErrors: delta("http.client.error.count", "{request}"),
  queries: delta("db.server.query.count", "{query}"),
  queryLatency: quantiles(gauge("db.server.operation.duration", "s"), "p50", "p99"),
  connections: gauge("db.server.connection.active", "{connection}"),
  locks: gauge("db.server.lock.waiting"),
  disk: gauge("system.filesystem.utilization"),
  hitRatio: gauge("cache.hit_ratio"),
  commands: delta("cache.command.count"),
  depth: gauge("messaging.queue.depth", "{message}"),
  oldestAge: gauge("messaging.queue.oldest_message.age", "s"),
  consumed: delta("messaging.consumed.messages", "{message}"),
  netDrops: delta("system.network.dropped", "{packet}"),
  up: gauge("k8s.node.condition_ready"),
};

const cloud: Names = {
  requests: delta("RequestCount", "Count"),
  errors: delta("HTTPCode_5XX_Count", "Count"),
  latency: quantiles(gauge("Latency", "ms", 1000), "average", "p50", "p99"),
  cpu: gauge("CPUUtilization", "%", 100),
  memory: gauge("MemoryUsedBytes", "By"),
  restarts: delta("RestartCount", "Count"),
  workers: gauge("ActiveRequests", "Count"),
  pool: gauge("ClientConnectionsInUse", "Count"),
  poolWaiting: gauge("ClientConnectionsWaiting", "Count"),
  gc: delta("GarbageCollectionTime", "ms", 1000),
  callLatency: quantiles(gauge("DownstreamLatency", "ms", 1000), "average", "p99"),
  callErrors: delta("DownstreamErrors", "Count"),
  queries: delta("QueryCount", "Count"),
  queryLatency: quantiles(gauge("QueryLatency", "ms", 1000), "average", "p99"),
  connections: gauge("DatabaseConnections", "Count"),
  locks: gauge("LockWaits", "Count"),
  disk: gauge("DiskUsedPercent", "%", 100),
  hitRatio: gauge("CacheHitRate", "%", 100),
  commands: delta("CommandCount", "Count"),
  depth: gauge("ApproximateNumberOfMessagesVisible", "Count"),
  oldestAge: gauge("ApproximateAgeOfOldestMessage", "s"),
  consumed: delta("NumberOfMessagesReceived", "Count"),
  netDrops: delta("NetworkPacketsDropped", "Count"),
  up: gauge("StatusCheckPassed", "Count"),
};

/** The names that this world's telemetry uses. */
export function pickNames(random: Random): Names {
  return random.pick([prometheus, prometheus, otel, otel, cloud]);
}
