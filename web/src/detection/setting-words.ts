import { gateSources, severities } from "@culprit/contract";

interface SettingWords {
  readonly label: string;
  /** What the number is counted in. */
  readonly unit?: string;
  /** What it may be, where that is a list. */
  readonly options?: readonly string[];
}

/** Settings of detectors and policies in words, by their path; what is not here is shown by its own name. */
const known: Readonly<Record<string, SettingWords>> = {
  ratio: { label: "Share of requests that fail", unit: "0 to 1" },
  usual_factor: { label: "Times what is usual at this hour" },
  window_s: { label: "Looked at together", unit: "s" },
  for_s: { label: "Must hold for", unit: "s" },
  requests_per_minute_min: { label: "Quieter services are not judged", unit: "requests a minute" },
  errors_min: { label: "At least so many errors" },
  factor: { label: "Times what is usual" },
  increase_ms_min: { label: "And slower by at least", unit: "ms" },
  long_poll_ms: { label: "What usually takes so long is not judged", unit: "ms" },
  metrics: { label: "Metrics that count restarts" },
  restarts: { label: "So many restarts" },
  objective: { label: "Share of requests that shall succeed", unit: "0 to 1" },
  windows: { label: "Windows and how fast the budget burns in them" },
  present_min: { label: "Share of a window that must hold data", unit: "0 to 1" },
  measure: { label: "What is measured", options: ["requests", "errors", "p99"] },
  direction: { label: "Which way it moves", options: ["up", "down", "both"] },
  change_min: { label: "How far the level moves, of what it was", unit: "0.5 is half" },
  series: { label: "Series that the condition names" },
  condition: { label: "Condition, in CEL" },
  environments: { label: "Only in these environments" },
  resolve_after_s: { label: "Over when it was quiet for", unit: "s" },
  severity: { label: "Severity", options: severities },
  information: { label: "Severities that are only information", options: severities },
  change_window_s: { label: "A change so long before may have done it", unit: "s" },
  is_change_required: { label: "Without a change nearby telemetry is never approved" },
  "persistence.with_change_s": { label: "Must last, with a change nearby", unit: "s" },
  "persistence.without_change_s": { label: "Must last, without one", unit: "s" },
  "traffic.requests_per_minute_min": { label: "Less traffic is suppressed", unit: "requests a minute" },
  "latency.requests_min": { label: "Slow requests of a route are a failure from", unit: "requests" },
  "latency.with_change_min": { label: "or, with a change nearby, from", unit: "requests" },
  "latency.window_s": { label: "within", unit: "s" },
  "flakiness.recoveries": { label: "Flaky: came and went so often" },
  "flakiness.days": { label: "within", unit: "days" },
  "flakiness.lasts_s": { label: "What lasts so long is never flaky", unit: "s" },
  "flakiness.sources": { label: "Flakiness is judged of", options: gateSources },
  "maintenance.sources": { label: "Maintenance suppresses", options: gateSources },
  duplicate_window_s: { label: "Another view of an incident that began within", unit: "s" },
  "demand.traffic_factor": { label: "Demand: traffic, times what is usual" },
  "demand.cpu_factor": { label: "Demand: processor time, times what is usual" },
  "demand.error_ratio_normal": { label: "Demand: errors are normal up to", unit: "0 to 1" },
  "demand.action": { label: "What is only demand", options: ["approve", "suppress"] },
};

/** A setting in words. */
export function settingWords(path: string): SettingWords {
  return known[path] ?? { label: path.replaceAll(/[._]/g, " ") };
}
