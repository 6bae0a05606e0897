export { declarePaths } from "./catalogue/declare-paths.ts";
export { type ChangeFilter, listChanges } from "./catalogue/list-changes.ts";
export { listServices, type ServiceFilter } from "./catalogue/list-services.ts";
export { serviceKeys } from "./catalogue/service-keys.ts";
export type { ChangeDeps } from "./change-deps.ts";
export { type ReadRepository, readCommits } from "./commits/read-commits.ts";
export { repositoriesToPoll } from "./commits/repositories-to-poll.ts";
export type { CommitSummarizer } from "./commits/summarizer-port.ts";
export { type DeployedRange, deployedRange } from "./deployed-range.ts";
export { type CommitMapping, mapReleaseAmong } from "./map-release.ts";
export { observeRevisions, type RevisionSighting } from "./observe-revisions.ts";
export {
  holderOf,
  noneHasCommit,
  openProjectRepositories,
  openProjectRepository,
  type ProjectRepositories,
  type ProjectRepository,
  type ProjectRepositoryResult,
  projectRepositoryRows,
  repositoryWith,
} from "./open-project-repository.ts";
export type {
  BlamedLine,
  CommitInfo,
  CommitPatch,
  GitRepositories,
  GitRepository,
  LineRange,
  PatchQuery,
} from "./ports.ts";
export { readWorkspace, type Workspace, type WorkspaceRequest } from "./read-workspace.ts";
export { insertConfigChange, type RecordedConfigChange, recordConfigChange } from "./record-config-change.ts";
export { type RecordedDeployment, recordDeployment } from "./record-deployment.ts";
export { type RegisteredRepository, registerRepository } from "./register-repository.ts";
export type { SchemaReader } from "./schema/schema-port.ts";
export { type WatchedSchema, watchSchema } from "./schema/watch-schema.ts";
export { type ObservedEdge, observeEdges } from "./topology/observe-edges.ts";
export { postgresTopology } from "./topology/postgres-topology.ts";
export { parseTopologyKey } from "./topology/topology-key.ts";
export type {
  Topology,
  TopologyCopy,
  TopologyEdge,
  TopologyNode,
  TopologyQuery,
  TouchingCommit,
} from "./topology/topology-port.ts";
export { topologyProjection } from "./topology/topology-projection.ts";
export { untilFilled } from "./topology/until-filled.ts";
