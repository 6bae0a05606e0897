import type { MetricSample, TelemetryOrigin } from "@culprit/contract";
import { deltaInstant } from "../red/delta-instant.ts";

/** Points, spans and lines of a service whose time is not believed. */
export const REFUSED_METRIC = "culprit.telemetry.refused";

/** What a project's senders sent in vain since it was told last. */
export interface RefusalNews {
  readonly projectId: string;
  readonly refused: number;
  /** Some of the services that it came for. */
  readonly services: readonly string[];
}

const MINUTE_MS = 60_000;
const SERVICES_MAX = 2_000;
const NAMED_MAX = 5;

/** Counts what is refused by its time, by service, and tells each project once a minute; not every door has an answer that says it. */
export class RefusedTelemetry {
  readonly #counts = new Map<string, TelemetryOrigin & { readonly projectId: string; count: number }>();
  readonly #untold = new Map<string, { refused: number; readonly services: Set<string> }>();
  readonly #toldAtMs = new Map<string, number>();

  add(projectId: string, refused: readonly TelemetryOrigin[]): void {
    if (refused.length === 0) return;
    const untold = this.#untold.get(projectId) ?? { refused: 0, services: new Set<string>() };
    this.#untold.set(projectId, untold);
    untold.refused += refused.length;
    for (const { serviceKey, environment } of refused) {
      if (untold.services.size < NAMED_MAX) untold.services.add(serviceKey);
      const key = `${projectId} ${environment} ${serviceKey}`;
      const known = this.#counts.get(key);
      if (known !== undefined) known.count += 1;
      else if (this.#counts.size < SERVICES_MAX)
        this.#counts.set(key, { projectId, serviceKey, environment, count: 1 });
    }
  }

  /** Counts since the last flush, as deltas for each project, and the projects to be told of now. */
  flush(nowMs: number): {
    readonly samples: ReadonlyMap<string, readonly MetricSample[]>;
    readonly news: readonly RefusalNews[];
  } {
    const samples = new Map<string, MetricSample[]>();
    for (const { projectId, serviceKey, environment, count } of this.#counts.values()) {
      const list = samples.get(projectId) ?? [];
      samples.set(projectId, list);
      const series = { metric: REFUSED_METRIC, kind: "delta", unit: "1", labels: {} } as const;
      list.push({ serviceKey, environment, ...series, atMs: deltaInstant(nowMs, nowMs), value: count });
    }
    this.#counts.clear();
    for (const [projectId, atMs] of this.#toldAtMs) if (nowMs - atMs >= MINUTE_MS) this.#toldAtMs.delete(projectId);
    const news: RefusalNews[] = [];
    for (const [projectId, { refused, services }] of this.#untold) {
      if (this.#toldAtMs.has(projectId)) continue;
      news.push({ projectId, refused, services: [...services] });
      this.#toldAtMs.set(projectId, nowMs);
      this.#untold.delete(projectId);
    }
    return { samples, news };
  }
}
