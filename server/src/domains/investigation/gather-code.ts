import { codeOwnersPaths, ownerRuleOf, parseCodeOwners } from "../../analysis/change/code-owners.ts";
import { servicePaths } from "../../analysis/change/service-paths.ts";
import { parseDiff } from "../../analysis/diff/parse-diff.ts";
import { calledCode } from "../../analysis/world/called-code.ts";
import type { World, WorldFrame, WorldRevision } from "../../analysis/world/world.ts";
import { deployedRange, type GitRepository } from "../change/index.ts";
import { askingModule } from "./asking-module.ts";
import { placesOf, worldFrames } from "./frame-places.ts";
import { gatherBlameFacts } from "./gather-blame-facts.ts";
import type { IncidentFacts } from "./load-facts.ts";

/** What the repository knows of an incident. */
export type CodeFacts = Pick<
  World,
  | "frames"
  | "range"
  | "regions"
  | "packages"
  | "sources"
  | "blame"
  | "olderCommits"
  | "ownPaths"
  | "owner"
  | "codeMissing"
  | "isHistoryCut"
>;

const patchesMax = 300;
const roundsMax = 5;
const filesPerRound = 80;
const patchCharsMax = 200_000;

/** The same with nothing read, and why. */
export function codeWithout(facts: IncidentFacts, reason: string): CodeFacts {
  return {
    frames: worldFrames(facts.exceptions, []),
    range: null,
    regions: [],
    packages: [],
    sources: new Map(),
    blame: { ranAt: "", places: [], blamed: [], touching: [] },
    olderCommits: new Map(),
    ownPaths: [],
    owner: null,
    codeMissing: reason,
    isHistoryCut: false,
  };
}

/** Reads the code of the running revision: where the frames lie, what they call, what was deployed, who wrote it. */
export async function gatherCode(
  git: GitRepository,
  facts: IncidentFacts,
  current: string,
  before: WorldRevision | null,
  declaredPaths: readonly string[],
): Promise<CodeFacts> {
  const tree = await git.listFiles(current);
  const own: WorldFrame[] = worldFrames(facts.exceptions, tree);
  const frames = own.some(({ path }) => path !== null)
    ? own
    : [...(await framesElsewhere(git, current, tree, facts)), ...own];
  const places = placesOf(frames);
  const [deployed, called, blame, owner] = await Promise.all([
    readRange(git, before?.commitSha ?? null, current),
    readCalledCode(git, current, tree, places),
    gatherBlameFacts(git, current, places),
    findOwner(git, current, tree, frames),
  ]);
  const boundary = await git.boundaryCommits();
  const range = withoutBoundary(deployed, boundary);
  const isHistoryCut = blame.isCut || range !== deployed;
  const ownPaths = servicePaths({ service: facts.serviceName, declared: declaredPaths, tree });
  const inRange = new Set(range?.commits.map((commit) => commit.sha));
  const olderCommits = new Map(
    [...blame.commits.values()]
      .filter((commit) => !inRange.has(commit.sha))
      .map(({ sha, authorName, authoredAt, subject }) => [sha, { authorName, authoredAt, subject }]),
  );
  return { frames, range, ...called, blame, olderCommits, ownPaths, owner, codeMissing: null, isHistoryCut };
}

/** Where to look for a failure whose own frames lie outside of the project: who asked for the module that is missing, else what a part of the incident shows. */
async function framesElsewhere(
  git: GitRepository,
  commit: string,
  tree: readonly string[],
  { exceptions, partFrames }: IncidentFacts,
): Promise<readonly WorldFrame[]> {
  const asking = await askingModule(git, commit, tree, exceptions);
  return asking.length > 0 ? asking : worldFrames([{ frames: partFrames }], tree);
}

/** What was deployed, without the commits at which a shallow clone ends: each of them seems to bring all that was there before it. */
function withoutBoundary(range: World["range"], boundary: ReadonlySet<string>): World["range"] {
  const commits = range?.commits.filter(({ sha }) => !boundary.has(sha)) ?? [];
  if (range === null || commits.length === range.commits.length) return range;
  // An empty range would say that nothing was deployed.
  return commits.length === 0 ? null : { ...range, commits, isApproximate: true };
}

async function findOwner(
  git: GitRepository,
  commit: string,
  tree: readonly string[],
  frames: readonly WorldFrame[],
): Promise<World["owner"]> {
  const path = frames.find((frame) => frame.path !== null)?.path ?? null;
  const file = codeOwnersPaths.find((name) => tree.includes(name));
  if (path === null || file === undefined) return null;
  const text = (await git.readFiles(commit, [file])).get(file);
  const owners = typeof text === "string" ? (ownerRuleOf(parseCodeOwners(text), path)?.owners ?? []) : [];
  return owners.length === 0 ? null : { path, owners };
}

async function readRange(git: GitRepository, previous: string | null, current: string): Promise<World["range"]> {
  const range = await deployedRange(git, previous, current);
  if (range === null) return null;
  const { previousCommit, currentCommit, isRollback, isApproximate, commits } = range;
  if (commits.length === 0) return { previousCommit, currentCommit, isRollback, isApproximate, commits: [] };
  const patches = await git.listPatches({
    to: isRollback ? (previousCommit ?? current) : current,
    from: isRollback ? current : previousCommit,
    commitsMax: previousCommit === null ? commits.length : patchesMax,
    timeoutMs: 15_000,
  });
  return {
    previousCommit,
    currentCommit,
    isRollback,
    isApproximate: isApproximate || patches.length === patchesMax,
    commits: patches.map(({ commit, patch }) => ({
      sha: commit.sha,
      authorName: commit.authorName,
      authoredAt: commit.authoredAt,
      subject: commit.subject,
      files: parseDiff(patch),
      patch: patch.length > patchCharsMax ? patch.slice(0, patchCharsMax) : patch,
    })),
  };
}

/** Reads files in rounds: each round tells which files its calls lead to. */
async function readCalledCode(
  git: GitRepository,
  commit: string,
  tree: readonly string[],
  places: ReturnType<typeof placesOf>,
): Promise<Pick<World, "regions" | "packages" | "sources">> {
  const paths = new Set(tree);
  const sources = new Map<string, string>();
  const missing = new Set<string>();
  let called = calledCode(places, sources, paths);
  for (let round = 0; round < roundsMax && called.filesWanted.length > 0; round++) {
    const wanted = called.filesWanted.filter((path) => !missing.has(path)).slice(0, filesPerRound);
    if (wanted.length === 0) break;
    for (const [path, text] of await git.readFiles(commit, wanted)) {
      if (text === null) missing.add(path);
      else sources.set(path, text);
    }
    called = calledCode(places, sources, paths);
  }
  return { regions: called.regions, packages: called.packages, sources };
}
