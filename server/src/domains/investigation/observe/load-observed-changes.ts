import { type Kysely, sql } from "kysely";
import { serviceKeyOf } from "../../../analysis/change/service-identity.ts";
import type { ObservedChange } from "../../../analysis/observations/observations.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";

/** A commit is blamed from this certainty of its mapping on. */
const BLAMED_FROM = 0.8;
const CHANGES_MAX = 200;

interface ChangeRow {
  id: string;
  what: "deployment" | "config";
  at: Date;
  cluster_id: string | null;
  namespace: string | null;
  service_name: string | null;
  is_rollback: boolean | null;
  commit_sha: string | null;
  confidence: number | null;
  release: string | null;
  source: string | null;
  change_kind: string | null;
  resource_name: string | null;
  fields: string[] | null;
}

/**
 * Deployments and other changes of an environment in a time, newest first, at most 200: what may have caused something. A rollback is what its commits say, or a revision that
 * had run there before the one that ran last.
 */
export async function loadObservedChanges(
  db: Kysely<DB>,
  at: { readonly projectId: string; readonly environment: string; readonly from: Date; readonly to: Date },
): Promise<readonly ObservedChange[]> {
  const { rows } = await sql<ChangeRow>`
    SELECT * FROM (
      SELECT d.deployment_event_id AS id, 'deployment' AS what, d.started_at AS at, s.cluster_id, s.namespace, s.service_name,
        g.is_rollback IS TRUE OR (former.is_same IS FALSE AND former.ran_before) AS is_rollback,
        coalesce(r.commit_sha, d.commit_sha) AS commit_sha, r.mapping_confidence AS confidence, d.release, NULL AS source, NULL AS change_kind, NULL AS resource_name, NULL::text[] AS fields
      FROM deployment_events d JOIN services s USING (service_id) LEFT JOIN deployment_commit_ranges g USING (deployment_event_id)
      LEFT JOIN service_revisions r ON r.deployment_event_id = d.deployment_event_id
      LEFT JOIN LATERAL (
        SELECT (array_agg(told.is_same ORDER BY told.from_at DESC))[1] AS is_same, bool_or(told.is_same) AS ran_before FROM (
          SELECT e.from_at, coalesce(coalesce(e.commit_sha = d.commit_sha, e.release = d.release), false) AS is_same FROM service_revisions e
          WHERE e.service_id = d.service_id AND e.environment = d.environment AND e.from_at < d.started_at
        ) AS told
      ) AS former ON true
      WHERE d.project_id = ${at.projectId} AND d.environment = ${at.environment} AND d.started_at >= ${at.from} AND d.started_at < ${at.to}
      UNION ALL
      SELECT c.config_change_id, 'config', c.detected_at, s.cluster_id, s.namespace, s.service_name, NULL, NULL, NULL, NULL, c.source, c.change_kind, c.resource_name,
        ARRAY(SELECT f->>'field' FROM jsonb_array_elements(coalesce(c.diff_payload->'changes', '[]')) f LIMIT 3)
      FROM config_change_events c LEFT JOIN services s USING (service_id)
      WHERE c.project_id = ${at.projectId} AND c.environment = ${at.environment} AND c.detected_at >= ${at.from} AND c.detected_at < ${at.to}
    ) AS changes ORDER BY at DESC, id DESC LIMIT ${CHANGES_MAX}`.execute(db);
  return rows.map(toObserved);
}

function toObserved(row: ChangeRow): ObservedChange {
  const { cluster_id: cluster, namespace, service_name: name } = row;
  const component =
    cluster === null || namespace === null || name === null ? null : serviceKeyOf(cluster, namespace, name);
  const isCertain = (row.confidence ?? 0) >= BLAMED_FROM;
  const common = { id: row.id, at: row.at.getTime(), component, commitSha: isCertain ? row.commit_sha : null };
  if (row.what === "deployment") {
    const revision = row.release ?? row.commit_sha?.slice(0, 10) ?? "an unknown revision";
    const isRollback = row.is_rollback === true;
    return {
      ...common,
      kind: isRollback ? "rollback" : "deployment",
      title: `${name ?? "a service"} ${isRollback ? "went back to" : "began to run"} ${revision}`,
      ref: `deployment:${toPublicId("dep", row.id)}`,
    };
  }
  return {
    ...common,
    kind: kindOf(row.source, row.change_kind),
    title: titleOfSetting(row.resource_name ?? "a setting", row.fields ?? []),
    ref: `config_change:${toPublicId("cfg", row.id)}`,
  };
}

/** A flag has one field, which is its own name. */
function titleOfSetting(name: string, fields: readonly string[]): string {
  const told = fields.filter((field) => field !== name);
  return `${name} changed${told.length === 0 ? "" : `: ${told.join(", ")}`}`.slice(0, 300);
}

function kindOf(source: string | null, changeKind: string | null): ObservedChange["kind"] {
  if (source === "feature_flag") return "flag";
  if (source === "db_schema") return "migration";
  return changeKind === "replica_count" ? "scaling" : "config";
}
