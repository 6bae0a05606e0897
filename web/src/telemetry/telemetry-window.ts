export interface TelemetrySearch {
  readonly project?: string | undefined;
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly view?: "metrics" | "logs" | "trace" | "pages" | undefined;
  readonly metric?: readonly string[] | undefined;
  readonly words?: string | undefined;
  readonly severity?: string | undefined;
  readonly template?: string | undefined;
  readonly trace?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly minutes?: number | undefined;
}

/** What each view of the telemetry page is handed. */
export interface ExplorerProps {
  readonly project: string;
  readonly search: TelemetrySearch;
  readonly window: { readonly from: string; readonly to: string };
  /** Goes to the view with something changed. */
  readonly onChange: (change: TelemetrySearch) => void;
}

/** The window that an address names: fixed, as evidence has it, or so many minutes up to now. */
export function windowOf({ from, to, minutes = 60 }: TelemetrySearch, nowMs: number): { from: string; to: string } {
  const end = to === undefined ? nowMs : Date.parse(to);
  return {
    from: from ?? new Date(end - minutes * 60_000).toISOString(),
    to: new Date(end).toISOString(),
  };
}

/**
 * Where the telemetry page shows what a reference of evidence was read from, `postgres:metric_points?from=…&to=…&service=…`; null for a reference
 * of something else.
 */
export function searchOfRef(ref: string): TelemetrySearch | null {
  const [, table, text] = /^[a-z]+:(metric_points|log_records|spans)\?(.*)$/s.exec(ref) ?? [];
  if (table === undefined || text === undefined) return null;
  const query = new URLSearchParams(text);
  const one = (name: string) => query.get(name) ?? undefined;
  const services = query.getAll("service");
  const window = {
    ...{ from: one("from"), to: one("to") },
    // The page looks at one service or at all of them.
    service: services.length === 1 ? services[0] : undefined,
  };
  if (table === "metric_points") {
    const metrics = query.getAll("metric");
    return { ...window, view: "metrics", metric: metrics, environment: one("environment") };
  }
  if (table === "spans") {
    const trace = one("trace");
    return trace === undefined ? null : { view: "trace", trace };
  }
  return {
    ...window,
    view: "logs",
    ...{ severity: one("severity"), words: one("words"), template: one("template"), trace: one("trace") },
  };
}
