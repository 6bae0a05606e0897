import { commitFeatures } from "../../analysis/blame/commit-features.ts";
import { rankCommits, signalsOf } from "../../analysis/blame/rank-commits.ts";
import { matchPath } from "../../analysis/world/match-path.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import type { GitRepository } from "../change/index.ts";
import { gatherBlameFacts } from "./gather-blame-facts.ts";

/**
 * What of a frame's weight its caller has. Nearer to 1 than for the stack of an incident, which is known to be one: whoever asks by hand may name
 * lines in any order.
 */
const callersShare = 0.93;

export interface BlameRequest {
  readonly repository: GitRepository;
  /** A commit id, tag or branch: the revision that ran. Only it and its ancestors are looked at. */
  readonly commit: string;
  /** Failing places, the failing call first and its callers after it, which count less and less; a path may be longer than in the repository (an absolute path of the host that ran it). */
  readonly frames: readonly { readonly file: string; readonly line: number }[];
  /** Give every commit that was looked at with the numbers that it was ranked by, not the first twenty. */
  readonly withSignals?: boolean;
}

export interface BlamedCommit {
  readonly sha: string;
  /** 0..1; all commits that were looked at share 1. */
  readonly score: number;
  readonly reasons: readonly string[];
  /** What the score was made of; only where it was asked for. */
  readonly signals?: Readonly<Record<string, number>>;
}

export interface BlameAnswer {
  readonly commits: readonly BlamedCommit[];
  /** Frames that were not looked at as they were given, and why: one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * The commits that may have introduced a failure at the given lines, likeliest first, from git alone.
 * @throws CulpritError INVALID_REQUEST when the commit, every file or every line is unknown; REPOSITORY_UNAVAILABLE when git can't read.
 */
export async function blameCommits(request: BlameRequest): Promise<BlameAnswer> {
  const commit = await request.repository.resolveCommit(request.commit);
  if (commit === null) {
    throw new CulpritError(
      "INVALID_REQUEST",
      `The repository has no commit ${JSON.stringify(request.commit)}. Fetch it first, or name another.`,
      {
        details: { field: "commit", provided: request.commit },
      },
    );
  }
  const tree = await request.repository.listFiles(commit);
  const revision = commit.slice(0, 12);
  const warnings: string[] = [];
  const found = request.frames.flatMap((frame) => {
    const path = matchPath(frame.file, tree);
    if (path === null) warnings.push(`${frame.file} is no file at ${revision}; it was left out.`);
    return path === null ? [] : [{ path, line: frame.line }];
  });
  const places = found.map((place, depth) => ({ ...place, weight: callersShare ** depth }));
  if (places.length === 0) {
    throw new CulpritError(
      "INVALID_REQUEST",
      `None of the frames' files exists at ${revision}. Give paths as they are in the repository.`,
      {
        details: { field: "frames", provided: request.frames.map((frame) => frame.file).slice(0, 20) },
      },
    );
  }
  const misplaced = await misplacedLines(request.repository, commit, places);
  if (misplaced.length === places.length && misplaced.every(({ isOutside }) => isOutside)) {
    const sentences = misplaced.slice(0, 5).map(({ what }) => `${what}.`);
    throw new CulpritError(
      "INVALID_REQUEST",
      `None of the frames' lines exists: ${sentences.join(" ")} Name the revision that ran, or mend the lines.`,
      {
        details: { field: "frames", provided: request.frames.map(({ file, line }) => `${file}:${line}`).slice(0, 20) },
      },
    );
  }
  const facts = await gatherBlameFacts(request.repository, commit, places);
  warnings.push(...misplaced.map(({ what, instead }) => `${what}; ${instead}.`));
  if (facts.isCut)
    warnings.push(
      "The clone is shallow, and its history was cut off before who wrote some of these lines; run git fetch --unshallow in it.",
    );
  const ranked = rankCommits(commitFeatures(facts));
  const shown = request.withSignals === true ? ranked : ranked.slice(0, 20);
  const commits = shown.map(({ sha, score, reasons, features }) => ({
    sha,
    score,
    reasons,
    ...(request.withSignals === true ? { signals: signalsOf(features) } : {}),
  }));
  return { commits, warnings };
}

interface Misplaced {
  readonly isOutside: boolean;
  readonly what: string;
  readonly instead: string;
}

/** What is wrong with each place that is not in its file; beside others that are, the nearest line stands in for it. */
async function misplacedLines(
  repository: GitRepository,
  commit: string,
  places: readonly { readonly path: string; readonly line: number }[],
): Promise<Misplaced[]> {
  const contents = await repository.readFiles(commit, [...new Set(places.map(({ path }) => path))]);
  return places.flatMap(({ path, line }): Misplaced[] => {
    const content = contents.get(path) ?? null;
    const where = `${path} at ${commit.slice(0, 12)}`;
    if (content === null)
      return [{ isOutside: false, what: `${where} is binary or over 1 MB`, instead: "it was left out" }];
    const count = content.split("\n").length - (content.endsWith("\n") ? 1 : 0);
    if (line >= 1 && line <= count) return [];
    return [
      {
        isOutside: true,
        what: `${where} has ${count} ${count === 1 ? "line" : "lines"}, so there is no line ${line}`,
        instead: `its ${line < 1 ? "first" : "last"} line was looked at`,
      },
    ];
  });
}
