import type { DatabaseScope, Tenant } from "../../platform/db/open-database.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { readRef, type StoredSeries, type TelemetryStore } from "../telemetry/index.ts";
import { reopenChange } from "./reopen-change.ts";

/** As many lines as a chart can show. */
const SERIES_MAX = 10;

/** What the reference of a piece of evidence shows now, beside the snapshot of when it was read. */
export interface ReopenedEvidence {
  readonly ref: string;
  /** Who was asked; null where the reference is none of an engine of telemetry. What a reference to a change shows is its text alone. */
  readonly engine: TelemetryStore["engine"] | null;
  readonly text: string | null;
  /** Of a read of metrics, what there is to draw. */
  readonly series: readonly StoredSeries[];
  readonly snapshot: string;
}

/**
 * Opens a piece of evidence again, with the rights of the tenant. What one engine of telemetry said the other is asked for where it has
 * taken its place: a reference says what was asked, not where it lay.
 * @throws CulpritError NOT_FOUND for evidence that the tenant can't see.
 */
export async function reopenEvidence(
  deps: { readonly scope: DatabaseScope; readonly telemetry: TelemetryStore; readonly tenant: Tenant },
  evidenceId: string,
): Promise<ReopenedEvidence> {
  const found = await deps.scope.db
    .selectFrom("evidence_artifacts")
    .select(["project_id", "ref", "metadata"])
    .where("evidence_id", "=", evidenceId)
    .executeTakeFirst();
  if (found === undefined) throw new CulpritError("NOT_FOUND", "There is no such evidence that you can see.");
  const { project_id: projectId, ref, metadata } = found;
  const snapshot = snapshotOf(metadata);
  const change = /^(?:deployment|config_change):[a-z]+_\w+$/.test(ref)
    ? await reopenChange(deps.scope.db, projectId, ref)
    : null;
  if (change !== null) return { ref, engine: null, text: change, series: [], snapshot };
  const read = /^(?:postgres|clickhouse)(:(?:metric_points|spans|log_records)\?.*)$/s.exec(ref)?.[1];
  if (read === undefined) return { ref, engine: null, text: null, series: [], snapshot };
  const { engine } = deps.telemetry;
  const reader = deps.telemetry.asTenant({ ...deps.tenant, projectId });
  const text = await reader.reopen(projectId, `${engine}${read}`);
  const asked = readRef(engine, `${engine}${read}`);
  const series =
    asked?.table === "metric_points"
      ? await reader.readSeries({ ...asked, projectId, seriesMax: Math.min(asked.seriesMax, SERIES_MAX) })
      : [];
  return { ref, engine, text, series, snapshot };
}

function snapshotOf(metadata: unknown): string {
  if (typeof metadata !== "object" || metadata === null || !("snapshot" in metadata)) return "";
  return typeof metadata.snapshot === "string" ? metadata.snapshot : JSON.stringify(metadata.snapshot);
}
