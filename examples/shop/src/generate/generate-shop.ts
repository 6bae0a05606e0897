import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CaseName, chooseEpisode, type SettingChange } from "./episode.ts";
import { fastImport, type ImportState, type PlannedCommit, runGit } from "./fast-import.ts";
import type { ShopRequest } from "./faults/fault.ts";
import type { Outage } from "./faults/outages.ts";
import { startHistory } from "./history-writer.ts";
import { chooseMessageStyle } from "./messages.ts";
import { choosePeople } from "./people.ts";
import { planHistory, reformatPlaceholder } from "./plan-history.ts";
import { createRandom } from "./random.ts";
import { abortedRequests, clientMistakes, ordinaryRequests } from "./requests.ts";
import { chooseVocabulary } from "./vocabulary.ts";

export interface GeneratedDeployment {
  readonly tag: string;
  readonly version: string;
  readonly commit: string;
  readonly startedAt: Date;
}

/** All that the players of the demo know of a shop. What is wrong with it stands in the truth file alone. */
export interface GeneratedShop {
  readonly serviceName: string;
  /** A bare repository. */
  readonly repository: string;
  readonly deployments: readonly [GeneratedDeployment, GeneratedDeployment, GeneratedDeployment];
  readonly releaseStyle: "tag" | "name-and-version" | "commit";
  readonly otlpProtocol: "http/protobuf" | "http/json";
  /** Requests that are good before the last change; some of them are not after it. */
  readonly requests: readonly ShopRequest[];
  /** Requests that are the caller's mistake: a 4xx whatever the revision. */
  readonly mistakes: readonly ShopRequest[];
  /** Requests whose callers go away. */
  readonly aborted: readonly ShopRequest[];
  readonly setting: SettingChange | null;
  readonly outage: Outage["id"] | null;
}

export interface Truth {
  readonly case: CaseName;
  readonly seed: number;
  readonly fault: string;
  readonly expects: "culprit" | "reported-change" | "no-culprit" | "no-incident";
  readonly culprit_commit: string | null;
  /** Words of which the hypothesis must name one, for a change outside the repository. */
  readonly change_names: readonly string[];
  readonly failing_requests: readonly ShopRequest[];
  /** The failing line as the template has it, and whether the guilty commit left it alone. */
  readonly thrown_at: { readonly file: string; readonly text: string } | null;
  readonly is_failing_line_older: boolean;
  /** Commits by their part in the story. */
  readonly commits: Readonly<Record<string, string>>;
}

export interface GenerateOptions {
  readonly seed: number;
  readonly caseName: CaseName;
  /** Where the bare repository is made; must not exist. */
  readonly repository: string;
  /** Where the truth is written; must lie outside what Culprit is given. */
  readonly truthFile: string;
  /** The end of the history, which is when the last release is deployed. */
  readonly now: Date;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Makes a shop: a bare git repository with its whole history, and apart from it the truth about what is wrong with it.
 * The same options give the same commit ids.
 */
export async function generateShop(options: GenerateOptions): Promise<GeneratedShop> {
  const { seed, caseName, repository, now } = options;
  const random = createRandom(seed * 8 + caseName.length);
  const vocabulary = chooseVocabulary(random);
  const episode = chooseEpisode(caseName, seed, random);
  const mergeShare = random.chance(0.4) ? 0.25 : 0;
  const writer = startHistory(random, vocabulary, choosePeople(random), chooseMessageStyle(random), mergeShare);
  const plan = planHistory(writer, episode, vocabulary.serviceName, random);
  const labels = plan.releases.map((release) => release.label);
  const commits = dateCommits(writer.commits, labels, now, random.int);
  const shas = await writeRepository(repository, commits, plan.ignoreRevs?.afterLabel ?? null);

  const [first, second, third] = plan.releases.map((release, index): GeneratedDeployment => {
    const commit = commits.find(({ label }) => label === release.label);
    const sha = shas.get(release.label);
    if (!commit || !sha) throw new Error(`the history has no ${release.label}`);
    const startedAt = index === 2 ? now : new Date(commit.at.getTime() + 20 * 60_000);
    return { tag: release.tag, version: release.version, commit: sha, startedAt };
  });
  if (!first || !second || !third) throw new Error("a shop has three releases");

  const words = (request: ShopRequest): ShopRequest => ({
    ...request,
    path: vocabulary.render(request.path),
    body: request.body === undefined ? undefined : JSON.parse(vocabulary.render(JSON.stringify(request.body))),
  });
  const truth: Truth = {
    case: caseName,
    seed,
    fault: episode.faultId,
    expects: expectationOf(caseName, episode.setting !== null),
    culprit_commit: shas.get("guilty") ?? null,
    change_names: episode.setting ? [episode.setting.variable] : [],
    failing_requests: episode.failing.map(words),
    thrown_at: episode.thrownAt
      ? { file: vocabulary.render(episode.thrownAt.file), text: vocabulary.render(episode.thrownAt.text) }
      : null,
    is_failing_line_older: episode.isFailingLineOlder,
    commits: Object.fromEntries([...shas].filter(([label]) => !label.startsWith("commit-"))),
  };
  await mkdir(dirname(options.truthFile), { recursive: true });
  await writeFile(options.truthFile, `${JSON.stringify(truth, null, 2)}\n`);
  return {
    serviceName: vocabulary.serviceName,
    repository,
    deployments: [first, second, third],
    releaseStyle: random.pick(["tag", "name-and-version", "commit"] as const),
    otlpProtocol: random.pick(["http/protobuf", "http/json"] as const),
    // The failing ones come twice more, as a route that many people use.
    requests: [...ordinaryRequests, ...episode.failing, ...episode.failing].map(words),
    mistakes: clientMistakes.map(words),
    aborted: abortedRequests.map(words),
    setting: episode.setting,
    outage: episode.outage,
  };
}

function expectationOf(caseName: CaseName, isSetOutside: boolean): Truth["expects"] {
  if (caseName === "healthy") return "no-incident";
  if (caseName === "red-herring") return "no-culprit";
  return isSetOutside ? "reported-change" : "culprit";
}

/** Spreads the commits over the last six weeks: the first release is two weeks old, the second three days. */
function dateCommits(
  commits: readonly Omit<PlannedCommit, "at">[],
  releaseLabels: readonly string[],
  now: Date,
  int: (below: number) => number,
): PlannedCommit[] {
  const ends = [-16 * dayMs - int(dayMs), -3 * dayMs - int(dayMs), -hourMs / 2, -hourMs / 30].map(
    (offset) => now.getTime() + offset,
  );
  let from = now.getTime() - 42 * dayMs - int(dayMs);
  const dated: PlannedCommit[] = [];
  let rest = [...commits];
  for (const [index, end] of ends.entries()) {
    const label = releaseLabels[index];
    const count = label ? rest.findIndex((commit) => commit.label === label) + 1 : rest.length;
    const gap = (end - from) / Math.max(1, count);
    rest.slice(0, count).forEach((commit, position) => {
      const jitter = position === count - 1 ? 0 : int(Math.max(1, Math.floor(gap * 0.7)));
      dated.push({ ...commit, at: new Date(from + gap * (position + 1) - jitter) });
    });
    rest = rest.slice(count);
    from = end;
  }
  return dated;
}

async function writeRepository(
  repository: string,
  commits: readonly PlannedCommit[],
  placeholderLabel: string | null,
): Promise<Map<string, string>> {
  await runGit(["init", "--quiet", "--bare", "--initial-branch=main", repository]);
  const scratch = await mkdtemp(join(tmpdir(), "shop-import-"));
  try {
    const state: ImportState = { labels: [], marksFile: join(scratch, "marks") };
    const split = commits.findIndex((commit) => commit.label === placeholderLabel) + 1;
    if (split === 0) return await fastImport(repository, commits, state);
    const shas = await fastImport(repository, commits.slice(0, split), state);
    const sha = shas.get(commits[split - 1]?.label ?? "") ?? reformatPlaceholder;
    return await fastImport(
      repository,
      commits.slice(split).map((commit) => withId(commit, sha)),
      state,
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function withId(commit: PlannedCommit, sha: string): PlannedCommit {
  const file = ".git-blame-ignore-revs";
  const content = commit.changes.get(file);
  if (!content) return commit;
  const text = content.toString().replace(reformatPlaceholder, sha);
  return { ...commit, changes: new Map([...commit.changes, [file, Buffer.from(text)]]) };
}
