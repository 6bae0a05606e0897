import type { Incoming } from "../../domains/integration/index.ts";
import { tailOfLog } from "../shared/deployment-alert.ts";
import { recordAt, textAt } from "../shared/read-body.ts";
import { authOf, type LoadApp } from "./auth-of.ts";
import { connectGitHub, GITHUB_API } from "./connect.ts";
import { headOf } from "./event-head.ts";
import { parseRepository } from "./repository.ts";
import type { GitHubConfig, GitHubCredentials } from "./settings.ts";

const JOBS_MAX = 100;
const LOG_BYTES_MAX = 20 * 1024 * 1024;
const TIMEOUT_MS = 12_000;

interface Job {
  readonly id: number | bigint;
  readonly name: string;
  readonly conclusion: string | null;
  readonly steps?: readonly { readonly name: string; readonly conclusion: string | null }[] | undefined;
}

/**
 * Which steps of a failed run of GitHub Actions failed, and the end of the first failed job's log. The log lies elsewhere, at an address that is
 * good for a minute; it is read without the token.
 * @see https://docs.github.com/rest/actions/workflow-jobs
 */
export function readFailureLog(loadApp: LoadApp): NonNullable<Incoming<GitHubConfig, GitHubCredentials>["excerpt"]> {
  return async ({ eventType, payload }, connection, signal) => {
    const runId = Number(textAt(recordAt(payload, "workflow_run"), "id"));
    const { repository } = headOf(eventType, payload);
    if (eventType !== "workflow_run" || repository === null || !Number.isSafeInteger(runId) || runId <= 0) return null;
    const at = parseRepository(repository);
    const { http, now } = connection;
    const access = await authOf(connection, loadApp);
    const github = connectGitHub({ http, ...access, now, signal });
    const { data } = await github.request("GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs", {
      ...at,
      run_id: runId,
      filter: "latest",
      per_page: JOBS_MAX,
    });
    const jobs: readonly Job[] = data.jobs;
    const broken = jobs.filter(({ conclusion }) => conclusion === "failure" || conclusion === "timed_out");
    const first = broken[0];
    if (first === undefined) return null;
    const steps = broken.map(({ name, steps: all = [] }) => {
      const names = all.filter(({ conclusion }) => conclusion === "failure").map((step) => step.name);
      return `Job ${name}${names.length === 0 ? "" : `: ${names.join(", ")}`} failed.`;
    });
    const log = await readLog().catch(() => null);
    return [...steps, ...(log === null ? [] : [tailOfLog(log)])].join("\n");

    async function readLog(): Promise<string | null> {
      const base = (access.baseUrl ?? GITHUB_API).replace(/\/+$/, "");
      const bounds = { timeoutMs: TIMEOUT_MS, bytesMax: LOG_BYTES_MAX, signal };
      const headers = { authorization: `token ${await github.gitToken()}`, accept: "application/vnd.github+json" };
      const url = `${base}/repos/${at.owner}/${at.repo}/actions/jobs/${first?.id}/logs`;
      const moved = await http.request({ method: "GET", url, headers, ...bounds });
      const { location } = moved.headers;
      if (moved.status === 200) return moved.body;
      if (moved.status !== 302 || location === undefined) return null;
      const answer = await http.request({ method: "GET", url: new URL(location, url).href, ...bounds });
      return answer.status === 200 ? answer.body : null;
    }
  };
}
