import { type RawBuilder, sql } from "kysely";
import type { DatabaseScope } from "../../../platform/db/open-database.ts";
import { parseTopologyKey } from "./topology-key.ts";
import {
  EDGES_MAX,
  HOPS_MAX,
  NODES_MAX,
  type Topology,
  type TopologyEdge,
  type TopologyNode,
  type TopologyQuery,
  type TouchingCommit,
} from "./topology-port.ts";

type Direction = "downstream" | "upstream";

/** The topology by recursive queries over its own tables. */
export function postgresTopology(database: Pick<DatabaseScope, "db">): Topology {
  const { db } = database;
  const walk = async (query: TopologyQuery, direction: Direction): Promise<readonly TopologyNode[]> => {
    const { rows } = await sql<TopologyNode>`
      WITH RECURSIVE ${walks(query, [direction])}
      SELECT kind, key, name, detail, hops FROM ${namedNodes(query.projectId)}
      WHERE hops > 0 ORDER BY hops, key COLLATE "C" LIMIT ${NODES_MAX}`.execute(db);
    return rows;
  };
  return {
    engine: "postgres",
    dependenciesOf: (query) => walk(query, "downstream"),
    dependentsOf: (query) => walk(query, "upstream"),
    async neighbourhood(query) {
      // One row of JSON, a list for each column: rows of objects took longer to write and to read than all the walking, and so did the keys of both ends
      // in each edge, which names them by their places in the list of nodes.
      const { rows } = await sql<{
        nodes: Columns<Pick<TopologyNode, "kind" | "key" | "name" | "detail" | "hops">>;
        edges: Columns<{ from: number; to: number; source: TopologyEdge["source"]; seen: number }>;
      }>`
        WITH RECURSIVE ${walks(query, ["downstream", "upstream"])},
          places AS MATERIALIZED (
            SELECT row_number() OVER (ORDER BY hops, key COLLATE "C") - 1 AS place, * FROM ${namedNodes(query.projectId)} ORDER BY 1 LIMIT ${NODES_MAX}),
          edges AS (
            SELECT f.place AS from_place, t.place AS to_place, e.source, floor(date_part('epoch', e.last_seen_at) * 1000)::bigint AS seen
            FROM places f JOIN topology_edges e ON e.from_service_id = f.id AND e.environment = ${query.environment} AND e.project_id = ${query.projectId}
            JOIN places t ON t.id = coalesce(e.to_service_id, e.to_dependency_id)
            ORDER BY f.key COLLATE "C", t.key COLLATE "C" LIMIT ${EDGES_MAX})
        SELECT (SELECT json_build_object('kind', array_agg(kind), 'key', array_agg(key), 'name', array_agg(name), 'detail', array_agg(detail), 'hops', array_agg(hops))
            FROM (SELECT * FROM places ORDER BY place) AS ordered) AS nodes,
          (SELECT json_build_object('from', array_agg(from_place), 'to', array_agg(to_place), 'source', array_agg(source), 'seen', array_agg(seen)) FROM edges) AS edges`.execute(
        db,
      );
      const row = rows[0];
      if (row === undefined) throw new Error("an aggregate without a row");
      const nodes = rowsOf(row.nodes);
      const keyOf = (place: number) => nodes[place]?.key ?? "";
      return {
        nodes,
        edges: rowsOf(row.edges).map(({ from, to, source, seen }) => ({
          ...{ fromKey: keyOf(from), toKey: keyOf(to), source },
          lastSeenAt: new Date(seen),
        })),
      };
    },
    async commitsTouching(query) {
      const { rows } = await sql<TouchingCommit>`
        WITH RECURSIVE ${walks(query, ["downstream", "upstream"])},
          nearest AS (SELECT id, key FROM ${namedNodes(query.projectId)} ORDER BY hops, key COLLATE "C" LIMIT ${NODES_MAX}),
          deployments AS MATERIALIZED (
            SELECT d.deployment_event_id, d.started_at, n.key FROM nearest n
            JOIN deployment_events d ON d.service_id = n.id AND d.environment = ${query.environment} AND d.started_at >= ${query.since}
            WHERE d.project_id = ${query.projectId} ORDER BY d.started_at DESC, d.deployment_event_id LIMIT ${NODES_MAX})
        SELECT c.commit_sha AS sha, c.repo, c.authored_at AS "authoredAt", d.key AS "serviceKey",
          d.deployment_event_id AS "deploymentEventId", d.started_at AS "startedAt"
        FROM deployments d JOIN deployment_commit_ranges r USING (deployment_event_id)
        CROSS JOIN LATERAL unnest(r.commit_shas) AS s(sha) JOIN commits c ON c.commit_sha = s.sha
        ORDER BY d.started_at DESC, d.deployment_event_id, c.authored_at DESC, c.commit_sha LIMIT ${NODES_MAX}`.execute(
        db,
      );
      return rows;
    },
    check: async () => ({ engine: "postgres", isHealthy: true, message: "The topology is in the database itself." }),
    close: async () => undefined,
  };
}

/** A list for each column; null where there are no rows. */
type Columns<Row> = { readonly [K in keyof Row]: readonly Row[K][] | null };

function rowsOf<Row extends object>(columns: Columns<Row>): Row[] {
  const names = Object.keys(columns) as (keyof Row)[];
  const first = names[0] === undefined ? null : columns[names[0]];
  return (first ?? []).map(
    (_, index) => Object.fromEntries(names.map((name) => [name, columns[name]?.[index]])) as unknown as Row,
  );
}

/**
 * Breadth-first walks from the place asked about: each step is one row with the newest ring and all that was visited, so that a place is expanded
 * once and a walk ends at the first ring that fills the answer. A plain recursive UNION of places expands each of them once a hop: 5,000 services with
 * 50,000 edges took 190 ms.
 */
function walks(
  { projectId, environment, serviceKey, hopsMax }: TopologyQuery,
  directions: readonly Direction[],
): RawBuilder<unknown> {
  const place = parseTopologyKey(serviceKey);
  const start =
    place?.kind === "service"
      ? sql`SELECT service_id AS id FROM services WHERE project_id = ${projectId} AND cluster_id = ${place.cluster} AND namespace = ${place.namespace} AND service_name = ${place.name}`
      : sql`SELECT dependency_id AS id FROM dependencies WHERE project_id = ${projectId} AND kind = ${place?.kind ?? ""} AND name = ${place?.name ?? ""}`;
  const hops = Math.min(Math.max(0, Math.trunc(hopsMax)), HOPS_MAX);
  const steps = directions.map((direction) => {
    const next =
      direction === "downstream"
        ? sql`SELECT coalesce(e.to_service_id, e.to_dependency_id) AS id FROM unnest(w.ring) AS r(id)
            JOIN topology_edges e ON e.from_service_id = r.id AND e.environment = ${environment} AND e.project_id = ${projectId}`
        : sql`SELECT e.from_service_id AS id FROM unnest(w.ring) AS r(id) CROSS JOIN LATERAL (
            SELECT from_service_id FROM topology_edges WHERE to_service_id = r.id AND environment = ${environment} AND project_id = ${projectId}
            UNION ALL SELECT from_service_id FROM topology_edges WHERE to_dependency_id = r.id AND environment = ${environment} AND project_id = ${projectId}) e`;
    return sql`${sql.ref(direction)}(hops, ring, visited) AS (
      SELECT 0, ARRAY[id], ARRAY[id] FROM start
      UNION ALL
      SELECT w.hops + 1, n.ring, w.visited || n.ring FROM ${sql.ref(direction)} w
      CROSS JOIN LATERAL (SELECT array_agg(id) AS ring FROM (${next} EXCEPT SELECT unnest(w.visited)) AS found) n
      WHERE w.hops < ${hops} AND cardinality(w.visited) < ${NODES_MAX + 1} AND n.ring IS NOT NULL)`;
  });
  const found = directions.map((direction) => sql`SELECT unnest(ring) AS id, hops FROM ${sql.ref(direction)}`);
  return sql`start AS (${start}), ${sql.join(steps)},
    visited AS (SELECT id, min(hops) AS hops FROM (${sql.join(found, sql` UNION ALL `)}) AS f GROUP BY id)`;
}

function namedNodes(projectId: string): RawBuilder<unknown> {
  return sql`(
    SELECT s.service_id AS id, 'service' AS kind, s.cluster_id || '/' || s.namespace || '/' || s.service_name AS key, s.service_name AS name, NULL AS detail, v.hops
    FROM visited v JOIN services s ON s.service_id = v.id AND s.project_id = ${projectId}
    UNION ALL
    SELECT d.dependency_id, CASE d.kind WHEN 'database' THEN 'database' ELSE 'dependency' END, d.kind || ':' || d.name, d.name,
      CASE d.kind WHEN 'database' THEN d.engine ELSE d.kind END, v.hops
    FROM visited v JOIN dependencies d ON d.dependency_id = v.id AND d.project_id = ${projectId}) AS named`;
}
