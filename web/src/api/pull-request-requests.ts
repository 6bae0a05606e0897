import {
  type PullRequestSettings,
  type PullRequestSettingsPatch,
  pullRequestAskedSchema,
  pullRequestSettingsSchema,
} from "@culprit/contract";
import { fetchJson } from "./fetch-json.ts";

/** Asks for a pull request with the proven patch of an incident; `outdated` is said of a patch of an earlier conclusion. */
export async function askForPullRequest(incidentId: string, outdated: boolean): Promise<void> {
  const path = `/api/incidents/${encodeURIComponent(incidentId)}/pull-request`;
  await fetchJson(path, pullRequestAskedSchema, { method: "POST", body: { outdated } });
}

const settingsPath = (projectId: string) => `/api/pull-request-settings?project=${encodeURIComponent(projectId)}`;

/** What a project wants of pull requests. */
export function readPullRequestSettings(projectId: string, signal: AbortSignal): Promise<PullRequestSettings> {
  return fetchJson(settingsPath(projectId), pullRequestSettingsSchema, { signal });
}

/** Changes what is named and leaves the rest. */
export function changePullRequestSettings(
  projectId: string,
  change: PullRequestSettingsPatch,
): Promise<PullRequestSettings> {
  return fetchJson(settingsPath(projectId), pullRequestSettingsSchema, { method: "PATCH", body: change });
}
