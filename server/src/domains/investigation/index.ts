export { type BlameAnswer, type BlameRequest, blameCommits } from "./blame-commits.ts";
export { listFeedback } from "./feedback/list-feedback.ts";
export { type FeedbackRequest, recordFeedback } from "./feedback/record-feedback.ts";
export { type Investigation, investigateIncident } from "./investigate-incident.ts";
export { reportLearning } from "./learning/report-learning.ts";
export { loadFrameCode } from "./load-frame-code.ts";
export { type LoadedInvestigation, loadInvestigation } from "./load-investigation.ts";
export { type Look, lookAgain } from "./look-again.ts";
export type { InvestigationDeps } from "./observe/observe-deps.ts";
export { type DiffReview, fileDiffOf, reviewAgainstIncidents } from "./past-incidents.ts";
export { renderReportHtml } from "./render-report-html.ts";
export { type ReopenedEvidence, reopenEvidence } from "./reopen-evidence.ts";
export { type ConfirmedReplay, replayConfirmed } from "./replay/replay-confirmed.ts";
export { type Replay, replayIncident } from "./replay/replay-incident.ts";
export { indexProjection } from "./retrieval/content/index-projection.ts";
export {
  listRunbooks,
  type Runbook,
  type RunbookInput,
  removeRunbook,
  saveRunbook,
} from "./retrieval/content/runbooks.ts";
export { isRunbookPath, readRunbook, syncRunbooks } from "./retrieval/content/sync-runbooks.ts";
export { createRetrieval } from "./retrieval/create-retrieval.ts";
export { advanceModel, listModels, type ModelStatus, rebuildModel } from "./retrieval/embedding-models.ts";
export { evidenceOfHit, type RetrievalEvidence } from "./retrieval/evidence-of-hit.ts";
export { exactVectors } from "./retrieval/exact-vectors.ts";
export { HASHING_MODEL, hashingEmbedder } from "./retrieval/hashing-embedder.ts";
export {
  type Embedder,
  type Retrieval,
  type RetrievalCollection,
  type RetrievalHit,
  retrievalCollections,
  type VectorIndex,
} from "./retrieval/retrieval-port.ts";
export { retrievalProjection } from "./retrieval/retrieval-projection.ts";
