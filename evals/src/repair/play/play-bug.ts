import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Autopsy, IncidentDetail } from "@culprit/contract";
import { awaitDiagnosis } from "../../../../examples/shop/src/demo/await-diagnosis.ts";
import { openApi } from "../../../../examples/shop/src/demo/culprit-api.ts";
import type { CulpritProcess } from "../../../../examples/shop/src/demo/culprit-process.ts";
import { type Bug, treeAt } from "../corpus/bug.ts";
import { writeRepository } from "../corpus/write-repository.ts";
import { type Played, playFailure } from "./play-failure.ts";
import { runCommand } from "./run-command.ts";
import { runOracle, writeTree } from "./run-tree.ts";
import { tryWrongCause } from "./try-wrong-cause.ts";

const agent = fileURLToPath(new URL("../agent/report-errors.ts", import.meta.url));

/** What Culprit made of a bug, compared with the truth. */
export interface BugResult {
  readonly bug: Bug;
  readonly isCulpritFound: boolean;
  /** A regression test failed at the deployed commit. */
  readonly isReproduced: boolean;
  readonly isApplied: boolean;
  readonly isProven: boolean;
  /** What the oracle says of the patched tree; null where no patch applies. */
  readonly isRight: boolean | null;
  readonly proposer: string | null;
  /** From the stored incident to the stored answer; null where none came. */
  readonly seconds: number | null;
  /** Why it is no proven patch, or why the proven one is wrong; empty where all is well. */
  readonly reason: string;
  readonly autopsy: Autopsy | null;
  /** As Culprit tells it, with the steps of its response; null where none was opened. */
  readonly incident: IncidentDetail | null;
  /** The answer where a wrong commit is held to be the cause; null where that was not asked. */
  readonly wrongCause: Autopsy | null;
}

export interface PlayBugOptions {
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Whether to ask, too, what comes of holding a wrong commit to be the cause. */
  readonly triesWrongCause?: boolean;
}

/** Plays one bug in a project of its own, waits for the answer, and tries its patch. The truth never leaves this process. */
export async function playBug(
  bug: Bug,
  culprit: Pick<CulpritProcess, "url" | "createProject">,
  options: PlayBugOptions,
): Promise<BugResult> {
  const folder = join(options.folder, bug.name);
  await mkdir(folder, { recursive: true });
  const project = await culprit.createProject(bug.name);
  const api = openApi(culprit.url, project.api_key);
  const now = new Date();
  const { folder: repository, shas, times } = await writeRepository(bug, folder, now);
  await api.registerRepository(repository);
  const last = shas.length - 1;
  const release = (at: number) => `${bug.project}@${(shas[at] ?? "").slice(0, 12)}`;
  const deployed = [
    { at: bug.culprit - 1, startedAt: new Date((times[bug.culprit - 1] ?? now).getTime() + 600_000) },
    { at: last, startedAt: new Date(now.getTime() - 60_000) },
  ];
  for (const { at, startedAt } of deployed) {
    await api.reportDeployment({
      service: bug.project,
      environment: "production",
      commit_sha: shas[at] ?? "",
      release: release(at),
      started_at: startedAt.toISOString(),
    });
  }
  await writeTree(treeAt(bug.commits), join(folder, "run", "app"));
  const door: Readonly<Record<string, string>> =
    bug.door === "json"
      ? {
          REPORT_URL: culprit.url,
          REPORT_KEY: project.ingest_key,
          REPORT_SERVICE: bug.project,
          REPORT_COMMIT: shas[last] ?? "",
        }
      : {
          SENTRY_DSN: project.dsn,
          SENTRY_RELEASE: release(last),
          SENTRY_ENVIRONMENT: "production",
          SENTRY_NAME: bug.project,
        };
  const played = await playFailure(bug, { folder: join(folder, "run"), agent, environment: door });
  const incidents = await awaitDiagnosis(api, {
    firstMs: 15_000,
    totalMs: 120_000,
    say: () => undefined,
    signal: options.signal,
  });
  const result = await judge(bug, shas, played, incidents, folder);
  if (options.triesWrongCause !== true || result.incident === null) return result;
  const inquiry = { culprit: shas[bug.culprit] ?? "", url: culprit.url, key: project.api_key };
  return { ...result, wrongCause: await tryWrongCause(result.incident, inquiry) };
}

async function judge(
  bug: Bug,
  shas: readonly string[],
  played: Played,
  incidents: readonly IncidentDetail[],
  folder: string,
): Promise<BugResult> {
  const [incident] = [...incidents].sort((a, b) => proofRank(a) - proofRank(b));
  const autopsy = incident?.autopsy ?? null;
  const isCulpritFound = incident?.culprit_commit === shas[bug.culprit];
  const patch = autopsy?.patch_applies === true ? withoutMark(autopsy.patch_diff ?? "") : null;
  const tried = patch === null ? null : await tryPatch(bug, patch, join(folder, "patched"));
  const isProven = autopsy?.proof === "green";
  const blames = isCulpritFound ? "" : `it blames ${incident?.culprit_commit?.slice(0, 10) ?? "nobody"}. `;
  return {
    bug,
    isCulpritFound,
    isReproduced: autopsy?.proof_steps.some((step) => step.name === failsBefore && step.outcome === "passed") ?? false,
    isApplied: tried?.isApplied ?? false,
    isProven,
    isRight: tried === null || !tried.isApplied ? null : tried.isRight,
    proposer: autopsy?.proposer ?? null,
    seconds: secondsOf(incident),
    reason:
      isProven && tried?.isRight === true
        ? ""
        : blames + reasonOf(incident, autopsy, played, isProven && tried !== null ? tried.words : null),
    autopsy,
    incident: incident ?? null,
    wrongCause: null,
  };
}

const failsBefore = "regression test fails before the patch";

function reasonOf(
  incident: IncidentDetail | undefined,
  autopsy: Autopsy | null,
  played: Played,
  oracle: string | null,
): string {
  if (oracle !== null) return `its proven patch is wrong: ${oracle}`;
  if (incident === undefined) return `no incident was opened; the failure said: ${played.words.slice(0, 300)}`;
  if (autopsy === null) return `${incident.verdict ?? "no verdict"}: ${incident.verdict_summary ?? incident.status}`;
  return `${autopsy.proposer}: ${autopsy.proof_reason}`;
}

function proofRank(incident: IncidentDetail): number {
  return incident.autopsy === null ? 2 : incident.autopsy.proof === "green" ? 0 : 1;
}

function secondsOf(incident: IncidentDetail | undefined): number | null {
  if (incident?.autopsy == null) return null;
  return (Date.parse(incident.autopsy.created_at) - Date.parse(incident.created_at)) / 1000;
}

/** A patch that failed says so in its first line. */
function withoutMark(patch: string): string {
  return patch.replace(/^# patch_failed:.*\n/, "");
}

/** Applies a patch to a fresh tree of the deployed commit and asks the oracle. */
async function tryPatch(
  bug: Bug,
  patch: string,
  folder: string,
): Promise<{ readonly isApplied: boolean; readonly isRight: boolean; readonly words: string }> {
  const app = join(folder, "app");
  await writeTree(treeAt(bug.commits), app);
  await writeFile(join(folder, "patch.diff"), patch);
  const { exitCode, output } = await runCommand(["git", "apply", "../patch.diff"], {
    folder: app,
    environment: { GIT_CEILING_DIRECTORIES: folder },
  });
  if (exitCode !== 0) return { isApplied: false, isRight: false, words: output };
  const oracle = await runOracle(bug, folder);
  const words = /(?:AssertionError|Error)[^\n]*(?:\n[^\n]*){0,6}/.exec(oracle.output)?.[0] ?? oracle.output.slice(-400);
  return { isApplied: true, isRight: oracle.exitCode === 0, words };
}
