import type { EngineCheck } from "../../../platform/engines/engine-check.ts";

/*
 * Who depends on whom, what was deployed where, which commits touched what. PostgreSQL is the record; Neo4j is a projection of it
 * with the documented labels. Both pass `topology-conformance.ts`. Hops are at most 5, answers at most 500 rows.
 */

/** A service of the project, or something that its services depend on. */
export interface TopologyNode {
  readonly kind: "service" | "dependency" | "database";
  /** `serviceKey` of a service, the name of anything else. */
  readonly key: string;
  readonly name: string;
  /** `postgresql`, `external`, `queue`, … for what is no service. */
  readonly detail: string | null;
  /** How many calls away it is; 0 is the place asked about. */
  readonly hops: number;
}

export interface TopologyEdge {
  readonly fromKey: string;
  readonly toKey: string;
  readonly source: "traces" | "kubernetes" | "manual";
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
  readonly serviceKey: string;
  readonly hopsMax: number;
}

export interface Topology {
  readonly engine: "postgres" | "neo4j";
  /** What the service calls, directly or through others: downstream dependencies that could explain its trouble. */
  dependenciesOf(query: TopologyQuery): Promise<readonly TopologyNode[]>;
  /** Who calls the service, directly or through others: its blast radius. */
  dependentsOf(query: TopologyQuery): Promise<readonly TopologyNode[]>;
  /** Edges among the services within `hopsMax` in both directions. */
  neighbourhood(
    query: TopologyQuery,
  ): Promise<{ readonly nodes: readonly TopologyNode[]; readonly edges: readonly TopologyEdge[] }>;
  /** Commits that came with deployments, from `since` on, of the services in the neighbourhood, newest deployment first. */
  commitsTouching(query: TopologyQuery & { readonly since: Date }): Promise<readonly TouchingCommit[]>;
  check(): Promise<EngineCheck>;
  close(): Promise<void>;
}
