import type { EngineCheck } from "../../../platform/engines/engine-check.ts";

/*
 * Who depends on whom, what was deployed where, which commits touched what. PostgreSQL is the record; Neo4j is a projection of it
 * with the documented labels. Both pass `topology-conformance.ts`. Hops are at most 5, answers at most 500 rows (2,000 edges); of more the
 * nearest are given, among equally near ones the first by key.
 *
 * Keys: a service's is its `serviceKey` (`cluster/namespace/name`), of anything else `<kind>:<name>`, such as `database:orders` or
 * `external:api.example.com`: two kinds of things may share a name.
 */

export const HOPS_MAX = 5;
export const NODES_MAX = 500;
export const EDGES_MAX = 2000;

/** A service of the project, or something that its services depend on. */
export interface TopologyNode {
  readonly kind: "service" | "dependency" | "database";
  readonly key: string;
  readonly name: string;
  /** `external`, `queue`, `cache`, `other` of a dependency, the engine of a database; null of a service or where it is not known. */
  readonly detail: string | null;
  /** How many calls away it is; 0 is the place asked about. */
  readonly hops: number;
}

export interface TopologyEdge {
  readonly fromKey: string;
  readonly toKey: string;
  readonly source: "traces" | "kubernetes" | "manual";
  /** Neo4j knows it to the hour. */
  readonly lastSeenAt: Date;
}

export interface TouchingCommit {
  readonly sha: string;
  readonly repo: string;
  readonly authoredAt: Date;
  readonly serviceKey: string;
  readonly deploymentEventId: string;
  readonly startedAt: Date;
}

export interface TopologyQuery {
  readonly projectId: string;
  readonly environment: string;
  /** The place asked about: the key of a service, or of anything else. */
  readonly serviceKey: string;
  readonly hopsMax: number;
}

export interface Neighbourhood {
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
}

export interface Topology {
  readonly engine: "postgres" | "neo4j";
  /** What the service calls, directly or through others, nearest first: downstream dependencies that could explain its trouble. */
  dependenciesOf(query: TopologyQuery): Promise<readonly TopologyNode[]>;
  /** Who calls the service, directly or through others, nearest first: its blast radius. */
  dependentsOf(query: TopologyQuery): Promise<readonly TopologyNode[]>;
  /** The place itself, both of the above, and the edges among them. Empty for a place that nobody knows. */
  neighbourhood(query: TopologyQuery): Promise<Neighbourhood>;
  /** Commits that came with deployments, from `since` on, of the services in the neighbourhood, newest deployment first. */
  commitsTouching(query: TopologyQuery & { readonly since: Date }): Promise<readonly TouchingCommit[]>;
  check(): Promise<EngineCheck>;
  close(): Promise<void>;
}

/** What an engine that holds a copy of the topology takes: rows as they stand, the same as often as one likes. */
export interface TopologyCopy {
  readonly engine: "neo4j";
  /** Makes constraints and indexes. Idempotent. */
  prepare(): Promise<void>;
  /** Removes what Culprit wrote, some of it; called again until it says that nothing is left. */
  clear(): Promise<{ readonly isEmpty: boolean }>;
  write(rows: TopologyRows): Promise<void>;
}

/** Rows of the topology, for a copy of it. Instants are ISO 8601. */
export interface TopologyRows {
  readonly services: readonly ServiceRow[];
  readonly edges: readonly EdgeRow[];
  readonly deployments: readonly DeploymentRow[];
  /** Ids of edges and deployments that are gone, and services that a project no longer has. */
  readonly gone: {
    readonly services: readonly { readonly projectId: string; readonly key: string }[];
    readonly edges: readonly string[];
    readonly deployments: readonly string[];
  };
}

export interface ServiceRow {
  readonly projectId: string;
  readonly key: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

export interface EdgeRow {
  readonly id: string;
  readonly projectId: string;
  readonly environment: string;
  readonly fromKey: string;
  readonly to:
    | { readonly kind: "service"; readonly key: string }
    | { readonly kind: "database" | "dependency"; readonly name: string; readonly detail: string | null };
  readonly source: string;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
}

export interface DeploymentRow {
  readonly id: string;
  readonly projectId: string;
  readonly serviceKey: string;
  readonly environment: string;
  readonly startedAt: string;
  readonly imageRef: string | null;
  readonly revision: string | null;
  /** The commit that it was built from, where that is known. */
  readonly builtFrom: string | null;
  /** The commits that it brought, or took back where it was a rollback. */
  readonly commits: readonly {
    readonly sha: string;
    readonly repo: string | null;
    readonly authoredAt: string | null;
  }[];
}
