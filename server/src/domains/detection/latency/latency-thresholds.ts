import { sql } from "kysely";
import { latencyThreshold } from "../../../analysis/detection/latency-threshold.ts";
import type { Database } from "../../../platform/db/open-database.ts";

const KEPT_MS = 5 * 60_000;
const PROJECTS_MAX = 1_000;

interface Place {
  readonly serviceKey: string;
  readonly environment: string;
  readonly route: string;
}

/** How long requests of a project's routes may take. */
export interface ProjectThresholds {
  /** No route has a lower one, so that most spans need no look-up. */
  readonly leastMs: number;
  of(place: Place): number;
}

/** The thresholds of all projects, learnt from their hours of two weeks and read again every five minutes. */
export class LatencyThresholds {
  readonly #known = new Map<string, { readonly atMs: number; readonly thresholds: Promise<ProjectThresholds> }>();
  readonly #deps: { readonly database: Database; readonly now: () => Date; readonly defaultMs: number };

  constructor(deps: { readonly database: Database; readonly now: () => Date; readonly defaultMs: number }) {
    this.#deps = deps;
  }

  /** The thresholds of a project, of the last minutes. */
  of(projectId: string): Promise<ProjectThresholds> {
    const nowMs = this.#deps.now().getTime();
    const known = this.#known.get(projectId);
    if (known !== undefined && nowMs - known.atMs < KEPT_MS) return known.thresholds;
    const thresholds = this.#read(projectId);
    this.#known.delete(projectId);
    this.#known.set(projectId, { atMs: nowMs, thresholds });
    // What could not be read is asked again with the next request.
    thresholds.catch(() => this.#known.delete(projectId));
    const oldest = this.#known.keys().next();
    if (this.#known.size > PROJECTS_MAX && oldest.done !== true) this.#known.delete(oldest.value);
    return thresholds;
  }

  async #read(projectId: string): Promise<ProjectThresholds> {
    const { database, defaultMs } = this.#deps;
    const off = latencyThreshold(null, defaultMs);
    if (!Number.isFinite(off)) return { leastMs: off, of: () => off };
    const { rows } = await sql<{ key: string; hours: number; usual: number }>`
      SELECT service_key || E'\n' || environment || E'\n' || route AS key, count(*)::int AS hours,
        percentile_cont(0.9) WITHIN GROUP (ORDER BY median) AS usual
      FROM telemetry_hours WHERE project_id = ${projectId} AND metric = 'p99' AND route <> '' GROUP BY 1`.execute(
      database.db,
    );
    const learnt = new Map(
      rows.map(({ key, hours, usual }) => [key, latencyThreshold({ hours, usualMs: usual }, defaultMs)]),
    );
    return {
      leastMs: Math.min(off, ...learnt.values()),
      of: ({ serviceKey, environment, route }) => learnt.get(`${serviceKey}\n${environment}\n${route}`) ?? off,
    };
  }
}
