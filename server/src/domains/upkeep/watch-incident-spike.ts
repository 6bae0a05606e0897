import { sql } from "kysely";
import { ownEnvironment, settleOwnFaults } from "../incident/index.ts";
import type { UpkeepDeps } from "./upkeep-deps.ts";

export const INCIDENT_SPIKE = "incident_spike";

export interface SpikeLimits {
  /** Fewer new incidents in an hour are no spike, whatever the history. */
  readonly floor: number;
  /** Times the mean of the same hour on the days before. */
  readonly factor: number;
  /** Days looked back at; those before the project was made don't count, and three are needed to judge. */
  readonly days: number;
}
export const spikeLimits: SpikeLimits = { floor: 20, factor: 4, days: 14 };
const DAYS_MIN = 3;

export interface Spike {
  readonly projectId: string;
  readonly count: number;
  readonly mean: number;
  readonly threshold: number;
}

/**
 * Finds projects in which far more incidents were opened in the last hour than in the same hour of the days before:
 * above the floor, `factor` times the mean, and three standard deviations over it. Each is a fault of Culprit's own in
 * that project, resolved when the hour is calm again.
 */
export async function watchIncidentSpike(deps: UpkeepDeps, limits: SpikeLimits = spikeLimits): Promise<Spike[]> {
  const at = deps.now();
  const { rows } = await sql<{ projectId: string; count: number; history: number[] }>`
    WITH now_hour AS (
      SELECT i.project_id, count(*)::int AS count FROM incidents i
      WHERE i.created_at > ${at}::timestamptz - interval '1 hour' AND i.created_at <= ${at} AND i.environment <> ${ownEnvironment}
      GROUP BY i.project_id HAVING count(*) >= ${limits.floor}
    )
    SELECT h.project_id AS "projectId", h.count, array(
      SELECT (SELECT count(*)::int FROM incidents i WHERE i.project_id = h.project_id AND i.environment <> ${ownEnvironment}
          AND i.created_at > ${at}::timestamptz - make_interval(days => d, hours => 1) AND i.created_at <= ${at}::timestamptz - make_interval(days => d))
      FROM generate_series(1, ${limits.days}::int) d WHERE p.created_at < ${at}::timestamptz - make_interval(days => d)) AS history
    FROM now_hour h JOIN projects p ON p.id = h.project_id WHERE p.deleted_at IS NULL`.execute(deps.database.db);
  const spikes = rows.flatMap(({ projectId, count, history }) => {
    if (history.length < DAYS_MIN) return [];
    const mean = history.reduce((sum, one) => sum + one, 0) / history.length;
    const deviation = Math.sqrt(history.reduce((sum, one) => sum + (one - mean) ** 2, 0) / history.length);
    const threshold = Math.max(limits.floor, limits.factor * mean, mean + 3 * deviation);
    return count < threshold ? [] : [{ projectId, count, mean, threshold }];
  });
  await settleOwnFaults(
    deps,
    INCIDENT_SPIKE,
    spikes.map(({ projectId, count, mean }) => ({
      ...{ projectId, fingerprint: "hour", severity: "high" as const },
      title: "Far more incidents than usual",
      detail: `${count} incidents were opened in the last hour; ${mean.toFixed(1)} in the same hour of the days before. Look for what they share: a release, a dependency, a region. If it is one failure told in many ways, its fingerprint needs a look.`,
    })),
  );
  return spikes;
}
