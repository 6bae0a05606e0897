import type { EdgeRow, TopologyCopy, TopologyRows } from "../../domains/change/topology/topology-port.ts";
import type { Neo4jClient, Statement } from "./neo4j-client.ts";

/*
 * Labels, properties and relationships are those of the schema document (D4). What it does not say: nodes are shared by all projects, because
 * `service_key` and `sha` are unique; so nothing on a node belongs to a project but `project_ids` of a service, and every relationship has the
 * `project_id` that it belongs to. Every read follows relationships of one project.
 */

const schema = [
  "CREATE CONSTRAINT service_key IF NOT EXISTS FOR (s:Service) REQUIRE s.service_key IS UNIQUE",
  "CREATE CONSTRAINT commit_sha IF NOT EXISTS FOR (c:Commit) REQUIRE c.sha IS UNIQUE",
  "CREATE CONSTRAINT deployment_event_id IF NOT EXISTS FOR (d:Deployment) REQUIRE d.deployment_event_id IS UNIQUE",
  "CREATE INDEX dependency_name IF NOT EXISTS FOR (d:Dependency) ON (d.name, d.kind)",
  "CREATE INDEX database_name IF NOT EXISTS FOR (d:Database) ON (d.name, d.engine)",
  "CREATE INDEX depends_on_edge IF NOT EXISTS FOR ()-[d:DEPENDS_ON]-() ON (d.edge_id)",
  "CREATE INDEX touched_deployment IF NOT EXISTS FOR ()-[t:TOUCHED]-() ON (t.deployment_event_id)",
];
const CLEAR_MAX = 5_000;

/** Writes the topology to Neo4j: MERGE in batches, one transaction each, so that the same rows may come as often as they like. */
export function neo4jCopy(client: Neo4jClient): TopologyCopy {
  return {
    engine: "neo4j",
    async prepare() {
      for (const text of schema) await client.change({ text });
      await client.change({ text: "CALL db.awaitIndexes(30)" });
    },
    async clear() {
      const [row] = await client.write<{ removed: number }>([
        {
          text: `MATCH (n) WHERE n:Service OR n:Deployment OR n:Commit OR n:Dependency OR n:Database
            WITH n LIMIT ${CLEAR_MAX} DETACH DELETE n RETURN count(*) AS removed`,
        },
      ]);
      return { isEmpty: (row?.removed ?? 0) === 0 };
    },
    async write(rows) {
      const statements = statementsOf(rows);
      if (statements.length > 0) await client.write(statements);
    },
  };
}

function statementsOf({ services, edges, deployments, gone }: TopologyRows): Statement[] {
  const to = (kind: EdgeRow["to"]["kind"]) => edges.filter((edge) => edge.to.kind === kind);
  const list = (text: string, rows: readonly unknown[]): Statement[] =>
    rows.length === 0 ? [] : [{ text, parameters: { rows } }];
  return [
    ...list(REMOVE_EDGES, [...gone.edges, ...edges.map(({ id }) => id)]),
    ...list(REMOVE_DEPLOYMENTS, gone.deployments),
    ...list(LEAVE_SERVICES, gone.services),
    ...list(MERGE_SERVICES, services),
    ...list(mergeEdges("(t:Service {service_key: r.to.key})"), to("service")),
    // MERGE takes no null, so an engine that nobody told is `unknown`.
    ...list(mergeEdges("(t:Database {name: r.to.name, engine: coalesce(r.to.detail, 'unknown')})"), to("database")),
    ...list(mergeEdges("(t:Dependency {name: r.to.name, kind: r.to.detail})"), to("dependency")),
    ...list(MERGE_DEPLOYMENTS, deployments),
    ...list(REMOVE_TOUCHES, deployments),
    ...list(
      BUILT_FROM,
      deployments.filter(({ builtFrom }) => builtFrom !== null),
    ),
    ...list(
      MERGE_TOUCHES,
      deployments.flatMap(({ id, projectId, serviceKey, commits }) =>
        commits.map((commit) => ({ ...commit, id, projectId, serviceKey })),
      ),
    ),
  ];
}

const MERGE_SERVICES = `
  UNWIND $rows AS r MERGE (s:Service {service_key: r.key})
  SET s.cluster_id = r.cluster, s.namespace = r.namespace, s.name = r.name,
    s.project_ids = CASE WHEN r.projectId IN coalesce(s.project_ids, []) THEN s.project_ids ELSE coalesce(s.project_ids, []) + r.projectId END`;

const LEAVE_SERVICES = `
  UNWIND $rows AS r MATCH (s:Service {service_key: r.key})
  SET s.project_ids = [id IN coalesce(s.project_ids, []) WHERE id <> r.projectId]
  WITH s, r OPTIONAL MATCH (s)-[own]-() WHERE own.project_id = r.projectId DELETE own
  WITH DISTINCT s WHERE size(s.project_ids) = 0 DETACH DELETE s`;

/** Also of edges that are written anew: what they lead to is another node once its engine is known. */
const REMOVE_EDGES = `
  UNWIND $rows AS id MATCH ()-[d:DEPENDS_ON {edge_id: id}]->(t) DELETE d
  WITH DISTINCT t WHERE (t:Dependency OR t:Database) AND NOT EXISTS { (t)--() } DELETE t`;

const mergeEdges = (target: string) => `
  UNWIND $rows AS r MERGE (f:Service {service_key: r.fromKey}) MERGE ${target}
  MERGE (f)-[d:DEPENDS_ON {edge_id: r.id}]->(t)
  SET d.project_id = r.projectId, d.environment = r.environment, d.source = r.source,
    d.first_seen_at = datetime(r.firstSeenAt), d.last_seen_at = datetime(r.lastSeenAt)`;

const MERGE_DEPLOYMENTS = `
  UNWIND $rows AS r MERGE (s:Service {service_key: r.serviceKey}) MERGE (d:Deployment {deployment_event_id: r.id})
  SET d.started_at = datetime(r.startedAt), d.image_ref = r.imageRef, d.revision = r.revision, d.environment = r.environment, d.project_id = r.projectId
  MERGE (s)-[a:DEPLOYED_AS]->(d) SET a.project_id = r.projectId`;

const REMOVE_TOUCHES = "UNWIND $rows AS r MATCH ()-[t:TOUCHED {deployment_event_id: r.id}]->() DELETE t";

const BUILT_FROM = `
  UNWIND $rows AS r MATCH (d:Deployment {deployment_event_id: r.id}) OPTIONAL MATCH (d)-[old:BUILT_FROM]->() DELETE old
  WITH DISTINCT d, r MERGE (c:Commit {sha: r.builtFrom}) MERGE (d)-[b:BUILT_FROM]->(c) SET b.project_id = r.projectId`;

const MERGE_TOUCHES = `
  UNWIND $rows AS r MERGE (c:Commit {sha: r.sha})
  SET c.repo = coalesce(r.repo, c.repo), c.authored_at = coalesce(datetime(r.authoredAt), c.authored_at)
  WITH c, r MATCH (s:Service {service_key: r.serviceKey})
  MERGE (c)-[t:TOUCHED {deployment_event_id: r.id}]->(s) SET t.project_id = r.projectId`;

const REMOVE_DEPLOYMENTS = `
  UNWIND $rows AS id OPTIONAL MATCH ()-[t:TOUCHED {deployment_event_id: id}]->() DELETE t
  WITH DISTINCT id MATCH (d:Deployment {deployment_event_id: id}) DETACH DELETE d`;
