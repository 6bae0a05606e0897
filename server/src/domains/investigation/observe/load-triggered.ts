import type { TriggerType } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { Series } from "../../../analysis/observations/observations.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { redNames } from "../../telemetry/index.ts";

/** The series that a detector fired on: metrics in the order of how much they say, of a route where it has one. */
export interface Triggered {
  readonly serviceKey: string;
  readonly route: string;
  readonly metrics: readonly string[];
}

const metricsOf: Readonly<Partial<Record<TriggerType, readonly string[]>>> = {
  error_rate_spike: [redNames.errors],
  p99_regression: [redNames.p99],
};

/** What the detector looked at that opened the incident; null where none did. Of an own condition these are the series that it names. */
export async function loadTriggered(db: Kysely<DB>, incidentId: string): Promise<Triggered | null> {
  const { rows } = await sql<{
    service_key: string;
    route: string;
    trigger_type: TriggerType;
    series: Readonly<Record<string, { readonly metric?: string }>> | null;
  }>`
    SELECT t.service_key, t.route, t.trigger_type, d.settings->'series' AS series FROM incident_triggers t
    LEFT JOIN LATERAL (
      SELECT settings FROM detectors d WHERE d.project_id = t.project_id AND d.name = t.detector AND d.kind = 'custom' AND d.created_at <= t.fired_at
      ORDER BY (d.service <> '') DESC, d.version DESC LIMIT 1) AS d ON true
    WHERE t.incident_id = ${incidentId} AND t.is_opener ORDER BY t.fired_at LIMIT 1`.execute(db);
  const [row] = rows;
  if (row === undefined) return null;
  const named = Object.values(row.series ?? {}).flatMap(({ metric }) => metric ?? []);
  return {
    ...{ serviceKey: row.service_key, route: row.route },
    metrics: named.length > 0 ? named : (metricsOf[row.trigger_type] ?? []),
  };
}

/** The series by which the trouble shows at the target: what its detector fired on, else its errors, else how long it takes. */
export function targetSeries(series: readonly Series[], target: string, triggered: Triggered | null): Series | null {
  const own = series.filter(({ component, callee }) => component === target && callee === null);
  const fired = (triggered?.serviceKey === target ? triggered.metrics : []).flatMap((metric) => {
    const named = own.filter((one) => one.metric === metric || one.metric.startsWith(`${metric}{`));
    const route = triggered?.route ?? "";
    return named.filter((one) =>
      route === "" ? !one.metric.includes("route=") : one.metric.includes(`route="${route}"`),
    );
  });
  return (
    fired[0] ??
    own.find(({ measure }) => measure === "errors") ??
    own.find(({ measure, statistic }) => measure === "latency" && statistic === "p99") ??
    null
  );
}
