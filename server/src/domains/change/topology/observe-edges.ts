import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { type DependencyKind, parseTopologyKey } from "./topology-key.ts";

/** A call that was seen, or said to be made. */
export interface ObservedEdge {
  readonly projectId: string;
  readonly environment: string;
  /** The service that calls, `cluster/namespace/name`. */
  readonly fromKey: string;
  /** The service, or `<kind>:<name>`, that is called. */
  readonly toKey: string;
  /** What runs there, such as `postgresql`; null where that is not said. */
  readonly engine: string | null;
  readonly source: "traces" | "kubernetes" | "manual";
  readonly seenAt: Date;
}

/** Seconds within which another sight of the same edge is no news. */
const NEWS_S = 60;

/**
 * Keeps which service calls what, and when that was last seen: three statements for a batch, however large, and no write for an edge that
 * was seen within the last minute. Services and dependencies that nobody knew are made. An edge that somebody declared stays declared. Edges
 * whose keys can't be read are left out. Idempotent; sorted, so that two writers never wait for each other in a circle.
 * @returns how many edges were new or moved on.
 */
export async function observeEdges(db: Kysely<DB>, edges: readonly ObservedEdge[]): Promise<number> {
  const rows = distinctEdges(edges);
  if (rows.length === 0) return 0;
  const services = distinctBy(
    rows.flatMap(({ projectId, from, to }) =>
      [from, ...(to.kind === "service" ? [to] : [])].map((place) => ({ projectId, ...place })),
    ),
    (one) => JSON.stringify([one.projectId, one.cluster, one.namespace, one.name]),
  );
  await sql`
    INSERT INTO services (service_id, project_id, cluster_id, namespace, service_name)
    SELECT o.id, o.project, o.cluster, o.namespace, o.name
    FROM jsonb_to_recordset(${JSON.stringify(services.map((one) => ({ id: newId(), project: one.projectId, cluster: one.cluster, namespace: one.namespace, name: one.name })))}::jsonb)
      AS o(id uuid, project uuid, cluster text, namespace text, name text)
    WHERE NOT EXISTS (SELECT 1 FROM services s WHERE s.project_id = o.project AND s.cluster_id = o.cluster AND s.namespace = o.namespace AND s.service_name = o.name)
    ORDER BY o.project, o.cluster, o.namespace, o.name ON CONFLICT DO NOTHING`.execute(db);
  const dependencies = distinctBy(
    rows.flatMap(({ projectId, to, engine }) =>
      to.kind === "service" ? [] : [{ projectId, kind: to.kind, name: to.name, engine }],
    ),
    (one) => JSON.stringify([one.projectId, one.kind, one.name]),
  );
  if (dependencies.length > 0) await upsertDependencies(db, dependencies);
  const list = rows.map(({ projectId, environment, from, to, source, seenAt }) => ({
    ...{ id: newId(), project: projectId, environment, source, seen: seenAt.toISOString() },
    ...{ cluster: from.cluster, namespace: from.namespace, name: from.name, kind: to.kind, to_name: to.name },
    ...(to.kind === "service" ? { to_cluster: to.cluster, to_namespace: to.namespace } : {}),
  }));
  const { rows: written } = await sql`
    INSERT INTO topology_edges AS e (edge_id, project_id, environment, from_service_id, to_service_id, to_dependency_id, source, first_seen_at, last_seen_at)
    SELECT o.id, o.project, o.environment, f.service_id, t.service_id, d.dependency_id, o.source, o.seen, o.seen
    FROM jsonb_to_recordset(${JSON.stringify(list)}::jsonb) AS o(id uuid, project uuid, environment text, source text, seen timestamptz,
      cluster text, namespace text, name text, kind text, to_name text, to_cluster text, to_namespace text)
    JOIN services f ON f.project_id = o.project AND f.cluster_id = o.cluster AND f.namespace = o.namespace AND f.service_name = o.name
    LEFT JOIN services t ON o.kind = 'service' AND t.project_id = o.project AND t.cluster_id = o.to_cluster AND t.namespace = o.to_namespace AND t.service_name = o.to_name
    LEFT JOIN dependencies d ON o.kind <> 'service' AND d.project_id = o.project AND d.kind = o.kind AND d.name = o.to_name
    WHERE num_nonnulls(t.service_id, d.dependency_id) = 1 AND NOT EXISTS (
      SELECT 1 FROM topology_edges k WHERE k.from_service_id = f.service_id AND k.environment = o.environment
        AND (k.to_service_id = t.service_id OR k.to_dependency_id = d.dependency_id)
        AND k.last_seen_at > o.seen - make_interval(secs => ${NEWS_S}) AND k.first_seen_at <= o.seen AND k.source IN (o.source, 'manual'))
    ORDER BY f.service_id, o.environment, t.service_id, d.dependency_id
    ON CONFLICT ON CONSTRAINT uq_topology_edges DO UPDATE SET
      first_seen_at = least(e.first_seen_at, EXCLUDED.first_seen_at), last_seen_at = greatest(e.last_seen_at, EXCLUDED.last_seen_at),
      source = CASE WHEN 'manual' IN (e.source, EXCLUDED.source) THEN 'manual' ELSE EXCLUDED.source END
    RETURNING 1`.execute(db);
  return written.length;
}

interface Dependency {
  readonly projectId: string;
  readonly kind: DependencyKind;
  readonly name: string;
  readonly engine: string | null;
}

async function upsertDependencies(db: Kysely<DB>, dependencies: readonly Dependency[]): Promise<void> {
  const list = dependencies.map((one) => ({
    id: newId(),
    project: one.projectId,
    kind: one.kind,
    name: one.name,
    engine: one.engine,
  }));
  await sql`
    INSERT INTO dependencies AS d (dependency_id, project_id, name, kind, engine)
    SELECT o.id, o.project, o.name, o.kind, o.engine
    FROM jsonb_to_recordset(${JSON.stringify(list)}::jsonb) AS o(id uuid, project uuid, kind text, name text, engine text)
    WHERE NOT EXISTS (SELECT 1 FROM dependencies k WHERE k.project_id = o.project AND k.kind = o.kind AND k.name = o.name
      AND (o.engine IS NULL OR k.engine = o.engine))
    ORDER BY o.project, o.kind, o.name
    ON CONFLICT (project_id, kind, name) DO UPDATE SET engine = coalesce(EXCLUDED.engine, d.engine)`.execute(db);
}

/** Each edge once, with its newest sight; an edge from a service to itself says nothing. */
function distinctEdges(edges: readonly ObservedEdge[]) {
  const newest = new Map<string, ObservedEdge>();
  for (const edge of edges) {
    const key = JSON.stringify([edge.projectId, edge.environment, edge.fromKey, edge.toKey]);
    const known = newest.get(key);
    if (known === undefined || known.seenAt < edge.seenAt)
      newest.set(key, { ...edge, engine: edge.engine ?? known?.engine ?? null });
  }
  return [...newest.values()].flatMap((edge) => {
    const [from, to] = [parseTopologyKey(edge.fromKey), parseTopologyKey(edge.toKey)];
    return from?.kind !== "service" || to === null || edge.fromKey === edge.toKey ? [] : [{ ...edge, from, to }];
  });
}

function distinctBy<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
