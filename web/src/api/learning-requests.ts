import { type LearningReport, learningSchema } from "@culprit/contract";
import { fetchJson } from "./fetch-json.ts";
import { queryString } from "./query-string.ts";

/** How right the answers were, week by week, and what was learnt. */
export function readLearning(project: string, weeks: number, signal: AbortSignal): Promise<LearningReport> {
  return fetchJson(`/api/learning${queryString({ project, weeks })}`, learningSchema, { signal });
}
