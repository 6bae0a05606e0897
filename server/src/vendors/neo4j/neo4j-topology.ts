import {
  EDGES_MAX,
  HOPS_MAX,
  NODES_MAX,
  type Topology,
  type TopologyNode,
  type TopologyQuery,
} from "../../domains/change/topology/topology-port.ts";
import type { Neo4jClient } from "./neo4j-client.ts";

/** A node as Neo4j names it: `id` is its element id, within one read. */
interface Place {
  readonly id: string;
  readonly label: "Service" | "Database" | "Dependency";
  readonly name: string;
  readonly serviceKey: string | null;
  readonly detail: string | null;
}

const PLACE = `elementId(n) AS id, [l IN labels(n) WHERE l IN ['Service', 'Database', 'Dependency']][0] AS label, n.name AS name,
  n.service_key AS serviceKey, coalesce(n.kind, n.engine) AS detail`;

/** The topology by Neo4j. What it can't answer is an error: nothing else is asked in its place. */
export function neo4jTopology(client: Neo4jClient): Topology {
  const walk = async (
    query: TopologyQuery,
    directions: readonly ("out" | "in")[],
  ): Promise<readonly (TopologyNode & { id: string })[]> => {
    const start = await client.read<{ id: string } & Place>({
      text: `${startOf(query.serviceKey)} RETURN ${PLACE}`,
      parameters: parametersOf(query),
    });
    const nearest = new Map(start.map((place) => [place.id, { place, hops: 0 }]));
    for (const direction of directions) {
      for (const [id, { place, hops }] of await walkOne(client, query, start, direction)) {
        const known = nearest.get(id);
        if (known === undefined || known.hops > hops) nearest.set(id, { place, hops });
      }
    }
    const nodes = [...nearest.values()].map(({ place, hops }) => ({ id: place.id, ...nodeOf(place, hops) }));
    return nodes.sort((a, b) => a.hops - b.hops || (a.key < b.key ? -1 : 1));
  };
  const others = (nodes: readonly (TopologyNode & { id: string })[]) =>
    nodes
      .filter(({ hops }) => hops > 0)
      .slice(0, NODES_MAX)
      .map(({ id: _, ...node }) => node);
  return {
    engine: "neo4j",
    dependenciesOf: async (query) => others(await walk(query, ["out"])),
    dependentsOf: async (query) => others(await walk(query, ["in"])),
    async neighbourhood(query) {
      const nodes = (await walk(query, ["out", "in"])).slice(0, NODES_MAX);
      const keys = new Map(nodes.map(({ id, key }) => [id, key]));
      const edges = await client.read<{
        from: string;
        to: string;
        source: "traces" | "kubernetes" | "manual";
        lastSeenMs: number;
      }>({
        text: `MATCH (f:Service) WHERE elementId(f) IN $ids MATCH (f)-[d:DEPENDS_ON]->(t)
          WHERE d.project_id = $projectId AND d.environment = $environment AND elementId(t) IN $ids
          RETURN elementId(f) AS from, elementId(t) AS to, d.source AS source, d.last_seen_at.epochMillis AS lastSeenMs`,
        parameters: { ...parametersOf(query), ids: [...keys.keys()] },
      });
      const named = edges.map(({ from, to, source, lastSeenMs }) => ({
        ...{ fromKey: keys.get(from) ?? "", toKey: keys.get(to) ?? "", source },
        lastSeenAt: new Date(lastSeenMs),
      }));
      named.sort((a, b) => (a.fromKey < b.fromKey ? -1 : a.fromKey > b.fromKey ? 1 : a.toKey < b.toKey ? -1 : 1));
      return { nodes: nodes.map(({ id: _, ...node }) => node), edges: named.slice(0, EDGES_MAX) };
    },
    async commitsTouching(query) {
      const nodes = (await walk(query, ["out", "in"])).slice(0, NODES_MAX);
      const rows = await client.read<{
        sha: string;
        repo: string;
        authoredMs: number;
        serviceKey: string;
        deploymentEventId: string;
        startedMs: number;
      }>({
        text: `UNWIND $keys AS key MATCH (s:Service {service_key: key})-[:DEPLOYED_AS]->(d:Deployment)
          WHERE d.project_id = $projectId AND d.environment = $environment AND d.started_at >= datetime($since)
          WITH s, d ORDER BY d.started_at DESC, d.deployment_event_id LIMIT ${NODES_MAX}
          MATCH (c:Commit)-[:TOUCHED {deployment_event_id: d.deployment_event_id}]->(s) WHERE c.repo IS NOT NULL
          RETURN c.sha AS sha, c.repo AS repo, c.authored_at.epochMillis AS authoredMs, s.service_key AS serviceKey,
            d.deployment_event_id AS deploymentEventId, d.started_at.epochMillis AS startedMs
          ORDER BY startedMs DESC, deploymentEventId, authoredMs DESC, sha LIMIT ${NODES_MAX}`,
        parameters: {
          ...parametersOf(query),
          since: query.since.toISOString(),
          keys: nodes.filter(({ kind }) => kind === "service").map(({ key }) => key),
        },
      });
      return rows.map(({ authoredMs, startedMs, ...commit }) => ({
        ...commit,
        authoredAt: new Date(authoredMs),
        startedAt: new Date(startedMs),
      }));
    },
    async check() {
      try {
        const [row] = await client.read<{ version: string; edition: string }>({
          text: "CALL dbms.components() YIELD versions, edition RETURN versions[0] AS version, edition LIMIT 1",
        });
        return {
          engine: "neo4j",
          isHealthy: true,
          message: `Neo4j ${row?.version ?? ""} ${row?.edition ?? ""} answers.`,
        };
      } catch (error) {
        return { engine: "neo4j", isHealthy: false, message: error instanceof Error ? error.message : String(error) };
      }
    },
    close: () => client.close(),
  };
}

/**
 * Breadth first, one read a hop: a variable-length pattern visits every path (10 calls a service are 100,000 paths at five hops), a ring
 * every place once.
 */
async function walkOne(client: Neo4jClient, query: TopologyQuery, start: readonly Place[], direction: "out" | "in") {
  const visited = new Map(start.map((place) => [place.id, { place, hops: 0 }]));
  let ring = start.map(({ id }) => id);
  const pattern = direction === "out" ? "(s)-[d:DEPENDS_ON]->(n)" : "(s)<-[d:DEPENDS_ON]-(n)";
  for (
    let hops = 1;
    hops <= Math.min(query.hopsMax, HOPS_MAX) && ring.length > 0 && visited.size <= NODES_MAX;
    hops++
  ) {
    const places = await client.read<{ id: string } & Place>({
      text: `MATCH (s) WHERE elementId(s) IN $ids MATCH ${pattern} WHERE d.project_id = $projectId AND d.environment = $environment
        WITH DISTINCT n RETURN ${PLACE}`,
      parameters: { ...parametersOf(query), ids: ring },
    });
    const found = places.filter(({ id }) => !visited.has(id));
    for (const place of found) visited.set(place.id, { place, hops });
    ring = found.map(({ id }) => id);
  }
  return visited;
}

const kindPrefix = /^(external|database|queue|cache|other):(.+)$/s;

function startOf(key: string): string {
  const [, kind] = kindPrefix.exec(key) ?? [];
  if (kind === undefined) return "MATCH (n:Service {service_key: $key}) WHERE $projectId IN n.project_ids";
  const own = "EXISTS { MATCH (n)<-[d:DEPENDS_ON]-() WHERE d.project_id = $projectId }";
  return kind === "database"
    ? `MATCH (n:Database {name: $name}) WHERE ${own}`
    : `MATCH (n:Dependency {name: $name, kind: $kind}) WHERE ${own}`;
}

function parametersOf({ projectId, environment, serviceKey: key }: TopologyQuery): Record<string, unknown> {
  const [, kind = null, name = null] = kindPrefix.exec(key) ?? [];
  return { projectId, environment, key, kind, name };
}

function nodeOf({ label, name, serviceKey, detail }: Place, hops: number): TopologyNode {
  if (label === "Service") return { kind: "service", key: serviceKey ?? "", name, detail: null, hops };
  if (label === "Database")
    return { kind: "database", key: `database:${name}`, name, detail: detail === "unknown" ? null : detail, hops };
  return { kind: "dependency", key: `${detail}:${name}`, name, detail, hops };
}
