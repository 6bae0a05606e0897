import type { Measure } from "./observations.ts";

/** What is known of a metric by its sender's words. */
export interface MetricWords {
  readonly name: string;
  /** UCUM or a common word: `s`, `ms`, `By`, `%`, `1`. */
  readonly unit?: string | null;
  readonly labels?: Readonly<Record<string, string>>;
}

/*
 * A general vocabulary: words of the OpenTelemetry semantic conventions (https://opentelemetry.io/docs/specs/semconv/), of Prometheus' naming
 * practice (https://prometheus.io/docs/practices/naming/) and its common exporters (cAdvisor, kube-state-metrics, node exporter), and of everyday speech. The first rule that
 * knows a word decides; more special words come first ("failed requests" are errors and no traffic).
 */
const restartWords = set(
  "restart restarts crash crashes crashloop oom oomkill oomkills oomkilled eviction evictions evicted",
);
const errorWords = set(
  "error errors err errs fail fails failed failure failures exception exceptions fault faults timeout timeouts rejected rejection rejections refused drop drops dropped retransmits retransmissions aborted panic panics 5xx 4xx deadletter dlq unsuccessful",
);
const availabilityWords = set(
  "availability available up uptime ready readiness healthy health reachable success successes successful alive liveness",
);
const cpuWords = set("cpu processor cpus vcpu");
const memoryWords = set("mem memory heap rss swap ram");
const latencyWords = set(
  "latency latencies duration durations lat delay delays elapsed rtt ttfb wait responsetime resptime rt",
);
const saturationWords = set(
  "queue queued backlog pending lag pool connections connection conns threads thread goroutines inflight active utilization utilisation saturation usage used disk filesystem fs fd fds descriptors inodes socket sockets throttle throttled throttling iowait diskio io iops full pressure load1 load5 load15 blocked waiting idle quota limit locks lock",
);
const waitWords = set("wait waits waiting iowait");
const resourceWords = set("disk diskio io iowait cpu filesystem fs");
const trafficWords = set(
  "request requests req reqs rate throughput qps rps tps count counts calls call invocations invocation hits traffic workload load ops operations messages message commands command queries query events transactions sent received transmit receive network bandwidth packets sessions visits concurrency",
);
const logWords = set("log logs logline loglines");

const timeUnits = set("s ms us µs ns min sec second seconds millisecond milliseconds microseconds nanoseconds");
const shareOfTimeWords = set("time");
const shareWords = set("ratio share percent percentage pct utilization utilisation");

function set(words: string): ReadonlySet<string> {
  return new Set(words.split(" "));
}

/**
 * What a metric measures, told by its name, unit and labels alone; `other` where no word is known. The value of a label counts only where it is a status of
 * requests (`5xx`, `error`), because other labels name things.
 */
export function measureOfMetric(metric: MetricWords): Measure {
  const words = wordsOf(metric.name);
  const has = (vocabulary: ReadonlySet<string>) => words.some((word) => vocabulary.has(word));
  const last = words.at(-1) ?? "";
  const unit = (metric.unit ?? "").trim();
  const isTime = timeUnits.has(unit.toLowerCase()) || words.some((word) => timeUnits.has(word));
  const isShare = unit === "%" || has(shareWords);

  if (has(restartWords)) return "restarts";
  if (has(errorWords) || isErrorLabel(metric.labels)) return "errors";
  if (has(availabilityWords)) return "availability";
  // A cache answers as far as it hits.
  if (has(set("hit hits")) && has(set("ratio rate share percent"))) return "availability";
  // A share of time that was spent waiting tells how full a resource is, not how long a call took.
  if (has(waitWords) && (isShare || !isTime) && (isShare || has(resourceWords))) return "saturation";
  if (has(cpuWords)) return "cpu";
  if (has(memoryWords) && !has(latencyWords)) return "memory";
  // Prometheus writes the number of observations of a histogram as <name>_count.
  if (has(latencyWords) && (last === "count" || last === "bucket")) return "traffic";
  if (isShare && has(latencyWords)) return "saturation";
  if (has(latencyWords) || (has(shareOfTimeWords) && (isTime || has(set("response request query call")))))
    return "latency";
  if (has(logWords)) return "logs";
  if (unit === "%" || has(saturationWords))
    return has(trafficWords) && !has(saturationWords) ? "traffic" : "saturation";
  if (has(trafficWords) || unit.endsWith("/s") || /^\{?(request|req|call|message|operation)s?\}?$/u.test(unit))
    return "traffic";
  if (isTime && last !== "total") return "latency";
  return "other";
}

/** `fooBarTotal_seconds.p99` → foo bar total seconds p99. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/gu, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9µ]+/u)
    .filter((word) => word !== "");
}

const statusLabels = set(
  "status status_code code http_status http_status_code http_response_status_code http.response.status_code outcome result grpc_status error_type error.type",
);

function isErrorLabel(labels: MetricWords["labels"]): boolean {
  for (const [name, value] of Object.entries(labels ?? {})) {
    if (!statusLabels.has(name.toLowerCase())) continue;
    if (/^5(\d\d|xx)$/iu.test(value) || /^(error|err|fail(ed|ure)?|exception|timeout)$/iu.test(value)) return true;
    if (/^error[._]type$/iu.test(name) && value !== "") return true;
  }
  return false;
}

/** The statistic that the end of a metric's name says, as `p99`, `average`, `max`; null where it says none. */
export function statisticOfMetric(name: string): string | null {
  const last =
    /(?:^|[^a-zA-Z0-9])(p\d{2,3}|\d{2,3}|avg|average|mean|median|max|maximum|min|minimum|sum|count|rate)$/iu.exec(
      name,
    )?.[1];
  if (last === undefined) return null;
  const word = last.toLowerCase();
  if (/^\d{2,3}$/u.test(word)) return ["50", "75", "90", "95", "99", "999"].includes(word) ? `p${word}` : null;
  const names: Readonly<Record<string, string>> = {
    avg: "average",
    mean: "average",
    median: "p50",
    maximum: "max",
    minimum: "min",
  };
  return names[word] ?? word;
}
