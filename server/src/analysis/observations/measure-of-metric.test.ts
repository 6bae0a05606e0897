import { describe, expect, test } from "vitest";
import { measureOfMetric, statisticOfMetric } from "./measure-of-metric.ts";

describe("what a metric measures is told by its words", () => {
  test.each([
    ["http.server.request.duration", "s", "latency"],
    ["http_server_request_duration_seconds", null, "latency"],
    ["http_server_request_duration_seconds_count", null, "traffic"],
    ["http_requests_failed_total", null, "errors"],
    ["http_server_requests_total", "1", "traffic"],
    ["responseTime", "ms", "latency"],
    ["db.client.connections.pending_requests", "{request}", "saturation"],
    ["db.client.connection.wait_time", "s", "latency"],
    ["container_cpu_usage_seconds_total", null, "cpu"],
    ["container_memory_working_set_bytes", null, "memory"],
    ["jvm.memory.used", "By", "memory"],
    ["jvm.gc.duration", "s", "latency"],
    ["kube_pod_container_status_restarts_total", null, "restarts"],
    ["container_oom_events_total", null, "restarts"],
    ["up", null, "availability"],
    ["kafka_consumer_lag_seconds", null, "saturation"],
    ["queue_depth", null, "saturation"],
    ["node_filesystem_avail_bytes", null, "saturation"],
    ["log_lines", null, "logs"],
    ["qps", null, "traffic"],
    ["CacheHitRate", "%", "availability"],
    ["cache_commands_total", null, "traffic"],
    ["node_network_receive_drop_total", null, "errors"],
    ["temperature", null, "other"],
    ["db_disk_io_wait_ratio", "%", "saturation"],
    ["node_cpu_iowait_percent", null, "saturation"],
    ["disk_io_wait", "%", "saturation"],
    ["disk_io_wait", null, "saturation"],
    ["disk_io_wait_seconds", "s", "latency"],
    ["queue_delay_share", null, "saturation"],
    ["system.network.io", "By", "saturation"],
  ] as const)("%s (%s) is %s", (name, unit, measure) => {
    expect(measureOfMetric({ name, unit })).toBe(measure);
  });

  test("requests that a status label calls failed are errors, other labels say nothing", () => {
    expect(measureOfMetric({ name: "http_requests_total", labels: { status: "5xx" } })).toBe("errors");
    expect(measureOfMetric({ name: "http_requests_total", labels: { http_response_status_code: "503" } })).toBe(
      "errors",
    );
    expect(measureOfMetric({ name: "http_requests_total", labels: { route: "/error", status: "200" } })).toBe(
      "traffic",
    );
  });

  test("the statistic is told by the end of the name", () => {
    expect(statisticOfMetric("latency-90")).toBe("p90");
    expect(statisticOfMetric("lat_99")).toBe("p99");
    expect(statisticOfMetric("rtt_avg")).toBe("average");
    expect(statisticOfMetric("worker_12")).toBeNull();
    expect(statisticOfMetric("memory")).toBeNull();
  });
});
