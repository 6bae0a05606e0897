import type { TopologyReply, TouchingCommits } from "@culprit/contract";
import type { Topology, TopologyEdge, TopologyQuery, TouchingCommit } from "../domains/change/index.ts";
import { CulpritError } from "../platform/errors/culprit-error.ts";
import { toPublicId } from "../platform/ids/ids.ts";

/** A place, what it calls, what calls it, and the calls among them. @throws CulpritError NOT_FOUND for a place that nobody knows. */
export async function topologyReply(topology: Topology, query: TopologyQuery): Promise<TopologyReply> {
  const { nodes, edges } = await topology.neighbourhood(query);
  const { serviceKey, environment } = query;
  if (nodes.length === 0)
    throw new CulpritError(
      "NOT_FOUND",
      `Nobody knows ${JSON.stringify(serviceKey)} in ${environment}; a service is known once it sent something or was called.`,
    );
  return {
    ...{ engine: topology.engine, service: serviceKey, environment, nodes: [...nodes] },
    edges: edges.map(edgeReply),
  };
}

/** The commits that came with deployments around a place. */
export async function touchingCommitsReply(
  topology: Topology,
  query: TopologyQuery & { readonly since: Date },
): Promise<TouchingCommits> {
  const commits = await topology.commitsTouching(query);
  // A deployment stands beside each of its commits, and writing an id costs more than the rest of a row.
  const deployments = new Set(commits.map(({ deploymentEventId }) => deploymentEventId));
  const ids = new Map([...deployments].map((id) => [id, toPublicId("dep", id)]));
  return { engine: topology.engine, items: commits.map((commit) => commitReply(commit, ids)) };
}

function edgeReply({ fromKey, toKey, source, lastSeenAt }: TopologyEdge) {
  return { from: fromKey, to: toKey, source, last_seen_at: lastSeenAt.toISOString() };
}

function commitReply(commit: TouchingCommit, ids: ReadonlyMap<string, string>): TouchingCommits["items"][number] {
  return {
    ...{ sha: commit.sha, repo: commit.repo, authored_at: commit.authoredAt.toISOString() },
    ...{ service_key: commit.serviceKey, deployment_id: ids.get(commit.deploymentEventId) ?? "" },
    started_at: commit.startedAt.toISOString(),
  };
}
