import { type Kysely, sql } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import type { Fact, Projection } from "../../../platform/engines/projection.ts";
import type { DeploymentRow, EdgeRow, ServiceRow, TopologyCopy } from "./topology-port.ts";

const BATCH_MAX = 250;
/** In the order in which a copy is filled: what others refer to first. */
const tables = [
  { kind: "service", table: "services", id: "service_id" },
  { kind: "edge", table: "topology_edges", id: "edge_id" },
  { kind: "deployment", table: "deployment_events", id: "deployment_event_id" },
] as const;

/**
 * Keeps a copy of the topology in step with its tables. A fact only says which row changed: what is written is the row as it stands now, so
 * that an older fact never brings back an older state.
 */
export function topologyProjection({ db }: Pick<Database, "db">, copy: TopologyCopy): Projection {
  return {
    engine: copy.engine,
    topic: "topology",
    batchMax: BATCH_MAX,
    prepare: () => copy.prepare(),
    clear: () => copy.clear(),
    async count() {
      const counts = tables.map(({ table }) => sql`(SELECT count(*) FROM ${sql.table(table)})`);
      const { rows } = await sql<{ count: number }>`SELECT ${sql.join(counts, sql` + `)} AS count`.execute(db);
      return Number(rows[0]?.count ?? 0);
    },
    list: (after, limit) => listRows(db, after, limit),
    async apply(facts) {
      const ofKind = (kind: string) => facts.filter(({ key }) => key.startsWith(`${kind}/`));
      const [services, edges, deployments] = [ofKind("service"), ofKind("edge"), ofKind("deployment")];
      const rows = {
        services: await loadServices(db, idsOf(services)),
        edges: await loadEdges(db, idsOf(edges), idsOf(ofKind("dependency"))),
        deployments: await loadDeployments(db, idsOf(deployments)),
      };
      const has = {
        edges: new Set(rows.edges.map(({ id }) => id)),
        deployments: new Set(rows.deployments.map(({ id }) => id)),
      };
      const isThere = new Set(rows.services.map(({ projectId, key }) => `${projectId} ${key}`));
      await copy.write({
        ...rows,
        gone: {
          services: services
            .filter(({ isDeleted }) => isDeleted)
            .map(({ projectId, payload }) => ({
              projectId,
              key: `${payload.cluster_id}/${payload.namespace}/${payload.service_name}`,
            }))
            .filter(({ projectId, key }) => !isThere.has(`${projectId} ${key}`)),
          edges: idsOf(edges).filter((id) => !has.edges.has(id)),
          deployments: idsOf(deployments).filter((id) => !has.deployments.has(id)),
        },
      });
    },
  };
}

const idOf = (key: string) => key.slice(key.indexOf("/") + 1);
const idsOf = (facts: readonly Fact[]) => facts.map(({ key }) => idOf(key));

async function listRows(db: Kysely<DB>, after: string | null, limit: number): Promise<readonly Fact[]> {
  const first = after === null ? 0 : tables.findIndex(({ kind }) => after.startsWith(`${kind}/`));
  const facts: Fact[] = [];
  for (const [n, { kind, table, id }] of tables.entries()) {
    if (n < first || facts.length >= limit) continue;
    const from = n === first && after !== null ? sql`WHERE ${sql.ref(id)} > ${idOf(after)}` : sql``;
    const { rows } = await sql<{ id: string; project_id: string }>`
      SELECT ${sql.ref(id)} AS id, project_id FROM ${sql.table(table)} ${from} ORDER BY 1 LIMIT ${limit - facts.length}`.execute(
      db,
    );
    facts.push(
      ...rows.map((row) => ({ projectId: row.project_id, key: `${kind}/${row.id}`, isDeleted: false, payload: {} })),
    );
  }
  return facts;
}

const serviceKey = (alias: string) =>
  sql`${sql.ref(alias)}.cluster_id || '/' || ${sql.ref(alias)}.namespace || '/' || ${sql.ref(alias)}.service_name`;
const instant = (column: string) =>
  sql`to_char(${sql.ref(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

async function loadServices(db: Kysely<DB>, ids: readonly string[]): Promise<readonly ServiceRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<ServiceRow>`
    SELECT project_id AS "projectId", ${serviceKey("s")} AS key, cluster_id AS cluster, namespace, service_name AS name
    FROM services s WHERE service_id = ANY(${ids}::uuid[])`.execute(db);
  return rows;
}

async function loadEdges(
  db: Kysely<DB>,
  ids: readonly string[],
  dependencyIds: readonly string[],
): Promise<readonly EdgeRow[]> {
  if (ids.length === 0 && dependencyIds.length === 0) return [];
  const { rows } = await sql<
    Omit<EdgeRow, "to"> & { toKey: string | null; name: string; kind: string; dbEngine: string | null }
  >`
    SELECT e.edge_id AS id, e.project_id AS "projectId", e.environment, ${serviceKey("f")} AS "fromKey", ${serviceKey("t")} AS "toKey",
      d.name, d.kind, d.engine AS "dbEngine", e.source, ${instant("e.first_seen_at")} AS "firstSeenAt", ${instant("e.last_seen_at")} AS "lastSeenAt"
    FROM topology_edges e JOIN services f ON f.service_id = e.from_service_id
    LEFT JOIN services t ON t.service_id = e.to_service_id LEFT JOIN dependencies d ON d.dependency_id = e.to_dependency_id
    WHERE e.edge_id = ANY(${ids}::uuid[]) OR e.to_dependency_id = ANY(${dependencyIds}::uuid[])`.execute(db);
  return rows.map(({ toKey, name, kind, dbEngine, ...edge }) => ({
    ...edge,
    to:
      toKey !== null
        ? { kind: "service", key: toKey }
        : kind === "database"
          ? { kind: "database", name, detail: dbEngine }
          : { kind: "dependency", name, detail: kind },
  }));
}

async function loadDeployments(db: Kysely<DB>, ids: readonly string[]): Promise<readonly DeploymentRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<DeploymentRow>`
    SELECT d.deployment_event_id AS id, d.project_id AS "projectId", ${serviceKey("s")} AS "serviceKey", d.environment,
      ${instant("d.started_at")} AS "startedAt", d.image_ref AS "imageRef", d.revision, d.commit_sha AS "builtFrom",
      (SELECT coalesce(jsonb_agg(jsonb_build_object('sha', r.sha, 'repo', c.repo, 'authoredAt', ${instant("c.authored_at")})), '[]')
        FROM deployment_commit_ranges g CROSS JOIN LATERAL unnest(g.commit_shas) AS r(sha) LEFT JOIN commits c ON c.commit_sha = r.sha
        WHERE g.deployment_event_id = d.deployment_event_id) AS commits
    FROM deployment_events d JOIN services s ON s.service_id = d.service_id WHERE d.deployment_event_id = ANY(${ids}::uuid[])`.execute(
    db,
  );
  return rows;
}
