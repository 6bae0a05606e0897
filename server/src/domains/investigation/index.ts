export { type BlameAnswer, type BlameRequest, blameCommits } from "./blame-commits.ts";
export { listFeedback } from "./feedback/list-feedback.ts";
export { type FeedbackRequest, recordFeedback } from "./feedback/record-feedback.ts";
export { type Investigation, investigateIncident } from "./investigate-incident.ts";
export { loadFrameCode } from "./load-frame-code.ts";
export { type LoadedInvestigation, loadInvestigation } from "./load-investigation.ts";
export { type DiffReview, fileDiffOf, reviewAgainstIncidents } from "./past-incidents.ts";
export { renderReportHtml } from "./render-report-html.ts";
