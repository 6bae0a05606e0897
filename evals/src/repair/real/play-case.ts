import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { IncidentDetail } from "@culprit/contract";
import { awaitDiagnosis } from "../../../../examples/shop/src/demo/await-diagnosis.ts";
import { openApi } from "../../../../examples/shop/src/demo/culprit-api.ts";
import type { CulpritProcess } from "../../../../examples/shop/src/demo/culprit-process.ts";
import { type BlameCase, findRepository } from "../../blame/cases.ts";
import { findFix } from "./find-fix.ts";
import { commitFile, cutHistory } from "./git.ts";
import { installPackages } from "./install-packages.ts";
import { openOracle } from "./oracle.ts";
import type { TestFailure } from "./read-failures.ts";

/** What came of a real bug; `null` is a step that it did not reach. */
export interface CaseResult {
  readonly id: string;
  readonly isInstalled: boolean | null;
  /** Tests that fail before the repair and not after it. */
  readonly failing: number | null;
  readonly isCulpritFound: boolean | null;
  /** A regression test of Culprit's failed at the deployed commit. */
  readonly isReproduced: boolean | null;
  readonly proposer: string | null;
  readonly isApplied: boolean | null;
  readonly proof: string | null;
  /** What the tests of the repair say of the patched code; null without a patch that applies. */
  readonly isRight: boolean | null;
  readonly seconds: number | null;
  /** Why it ended where it did; empty for a proven patch that is right. */
  readonly reason: string;
}

export interface PlayCaseOptions {
  /** Folders of clones. */
  readonly folders: readonly string[];
  /** An empty place for this run. */
  readonly folder: string;
  readonly culprit: () => Promise<Pick<CulpritProcess, "url" | "createProject">>;
  readonly signal: AbortSignal;
}

/** What is known of a case that ended early. */
export function endedEarly(id: string, reason: string, facts: Partial<CaseResult> = {}): CaseResult {
  return { id, ...nothing, reason, ...facts };
}

const nothing = {
  ...{ isInstalled: null, failing: null, isCulpritFound: null, isReproduced: null, proposer: null, isApplied: null },
  ...{ proof: null, isRight: null, seconds: null },
};

/**
 * Plays a real bug as one that happens in production: the commit before its repair is deployed, the error of the first test that the repair
 * turns green is reported, and the repair's tests judge the patch. Culprit sees the history up to that commit and no more.
 */
export async function playCase(one: BlameCase, options: PlayCaseOptions): Promise<CaseResult> {
  const end = (reason: string, facts?: Partial<CaseResult>) => endedEarly(one.id, reason, facts);
  const gitDir = findRepository(one.repo, options.folders);
  if (gitDir === null) return end(`no clone of ${one.repo}`);
  const fix = await findFix(gitDir, one);
  if (fix === null) return end("the clone has no child of the commit that touches the labelled files");
  const folder = join(options.folder, one.id);
  await mkdir(folder, { recursive: true });
  const installed = await installPackages(gitDir, one.base_commit, join(folder, "packages"));
  if ("reason" in installed) return end(`doesn't install: ${installed.reason}`, { isInstalled: false });
  const { packages, madeLock } = installed;
  const oracle = await openOracle({ gitDir, base: one.base_commit, fix, packages, folder });
  if ("reason" in oracle) return end(`no oracle: ${oracle.reason}`, { isInstalled: true });
  const facts = { isInstalled: true, failing: oracle.failing.length };
  const signal = oracle.failing.find(({ stack }) => stack !== "") ?? oracle.failing[0];
  if (signal === undefined) return end("no oracle: no test fails", facts);

  const repository = join(folder, "origin.git");
  await cutHistory(gitDir, one.base_commit, repository);
  const deployed =
    madeLock === null
      ? one.base_commit
      : await commitFile(repository, "package-lock.json", madeLock, new Date((one.time_of_fix ?? 0) * 1000));
  const incident = await report(one, signal, { repository, deployed, options });
  if (incident === undefined) return end(`no incident was opened for: ${signal.message}`, facts);
  const { autopsy } = incident;
  const patch = autopsy?.patch_applies === true ? (autopsy.patch_diff ?? "").replace(/^# patch_failed:.*\n/, "") : null;
  const wrong = patch === null ? null : await oracle.judge(patch);
  const isGreen = autopsy?.proof === "green";
  const said =
    autopsy === null ? `${incident.verdict ?? "no verdict"}: ${incident.verdict_summary}` : autopsy.proof_reason;
  return {
    ...{ id: one.id, ...facts },
    isCulpritFound: incident.culprit_commit === one.truth.bug_inducing_commit,
    isReproduced: autopsy?.proof_steps.some((step) => step.name === failsBefore && step.outcome === "passed") ?? false,
    proposer: autopsy?.proposer ?? null,
    isApplied: autopsy?.patch_applies ?? null,
    proof: autopsy?.proof ?? null,
    isRight: wrong === null ? null : wrong === "",
    seconds: autopsy === null ? null : (Date.parse(autopsy.created_at) - Date.parse(incident.created_at)) / 1000,
    reason: isGreen && wrong === "" ? "" : isGreen && wrong !== null ? `its proven patch is wrong: ${wrong}` : said,
  };
}

const failsBefore = "regression test fails before the patch";

/** The failure through the door that any program may use, and what Culprit made of it. */
async function report(
  one: BlameCase,
  failure: TestFailure,
  to: { readonly repository: string; readonly deployed: string; readonly options: PlayCaseOptions },
): Promise<IncidentDetail | undefined> {
  const culprit = await to.options.culprit();
  const project = await culprit.createProject(one.id);
  const api = openApi(culprit.url, project.api_key);
  await api.registerRepository(to.repository);
  const service = one.repo.split("/")[1] ?? one.repo;
  const place = { service, environment: "production", commit_sha: to.deployed };
  const now = Date.now();
  const startedAt = new Date(now - 60_000).toISOString();
  await api.reportDeployment({ ...place, release: to.deployed.slice(0, 12), started_at: startedAt });
  const response = await fetch(new URL("/api/ingest", culprit.url), {
    method: "POST",
    headers: { authorization: `Bearer ${project.ingest_key}`, "content-type": "application/json" },
    body: JSON.stringify({
      error: { message: failure.message, type: failure.type, stack: failure.stack, severity: "error" },
      context: { ...place, occurred_at: new Date(now).toISOString() },
    }),
  });
  if (!response.ok) throw new Error(`POST /api/ingest answered ${response.status}: ${await response.text()}`);
  const wait = { firstMs: 30_000, totalMs: 600_000, say: () => undefined, signal: to.options.signal };
  const incidents = await awaitDiagnosis(api, wait);
  return incidents[0];
}
