import { changeSubstance } from "./change-substance.ts";
import type { BlameFacts, TouchingCommit } from "./facts.ts";
import { startOf, stepBack } from "./follow-place.ts";
import { nameOverlaps, wordsOf } from "./name-overlap.ts";

/** What connects one commit with the failing places. */
export interface CommitFeatures {
  readonly sha: string;
  /** Share of the failing lines, by weight, for which git's blame names it. */
  readonly blame: number;
  /** Its best turn at a failing line: 1 for the newest change at or near it, 1/2 for the second newest, …; callers count less. */
  readonly lineTurn: number;
  /** That turn as a count from 1; 0 where it changed nothing near any. */
  readonly lineNth: number;
  /** The same for changes in the function around a failing line. */
  readonly functionTurn: number;
  readonly functionNth: number;
  /** How much of what the failing lines name its changes use as well, 0..1, rare names counting for more. */
  readonly names: number;
  /** Those names, rarest first. */
  readonly sharedNames: readonly string[];
  /** Days between it and the commit that ran. */
  readonly days: number;
  /** Place in the files' history, newest 0. */
  readonly age: number;
  /** Its changed lines in the failing files. */
  readonly size: number;
  /** Share of those that change what the program does. */
  readonly substance: number;
}

interface Noted {
  readonly sha: string;
  readonly committedAt: string;
  readonly size: number;
  readonly substance: number;
  /** Failing places, by their index, that blame gives to it, that it changed, and whose function it changed. */
  readonly blamed: Set<number>;
  readonly near: ReadonlySet<number>;
  readonly inFunction: ReadonlySet<number>;
}

const dayMs = 86_400_000;

/**
 * Walks the history of the failing files from the newest commit back, keeps the failing places in step with every diff, and says of
 * each commit how it touched them. Commits that only blame knows, older than the history looked at, come after it by their date.
 */
export function commitFeatures(facts: BlameFacts): CommitFeatures[] {
  const words = new Map<string, ReadonlySet<string>>();
  const followed = facts.places.map(startOf);
  const innermost = authorsOfInnermost(facts);
  const inHistory = facts.touching.map((commit) => {
    const { noted, changed } = note(commit, followed);
    // Who wrote whole files uses every name in them. Where the innermost line is another's, that says nothing: the names of its own lines do.
    const isWholeFiles = commit.files.every((file) => file.oldPath === null);
    words.set(commit.sha, isWholeFiles && !innermost.has(commit.sha) ? new Set() : changed);
    return noted;
  });
  const noted = [...inHistory, ...olderBlamed(facts)];
  const bySha = new Map(noted.map((one) => [one.sha, one]));
  const indexes = new Map(facts.places.map((place, index) => [`${place.path}\0${place.line}`, index]));
  for (const fact of facts.blamed) {
    const index = indexes.get(`${fact.path}\0${fact.line}`);
    if (index !== undefined) bySha.get(fact.sha)?.blamed.add(index);
  }
  const weights = facts.places.map((place) => place.weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  const atLine = noted.map((one) => union(one.near, one.blamed));
  const lineTurns = turns(atLine, weights);
  const functionTurns = turns(
    noted.map((one, age) => union(one.inFunction, atLine[age] ?? new Set())),
    weights,
  );
  const overlaps = nameOverlaps(facts, words);
  const ranAt = Date.parse(facts.ranAt);
  return noted.map((one, age) => ({
    sha: one.sha,
    blame: [...one.blamed].reduce((sum, index) => sum + (weights[index] ?? 0), 0) / total,
    lineTurn: lineTurns[age]?.value ?? 0,
    lineNth: lineTurns[age]?.nth ?? 0,
    functionTurn: functionTurns[age]?.value ?? 0,
    functionNth: functionTurns[age]?.nth ?? 0,
    names: overlaps.get(one.sha)?.share ?? 0,
    sharedNames: overlaps.get(one.sha)?.names ?? [],
    // Clocks of authors differ, and a rebased commit can be younger than what it stands on.
    days: Math.max(0, (ranAt - Date.parse(one.committedAt)) / dayMs) || 0,
    age,
    size: one.size,
    substance: one.substance,
  }));
}

function note(
  commit: TouchingCommit,
  followed: readonly ReturnType<typeof startOf>[],
): { noted: Noted; changed: ReadonlySet<string> } {
  const { isCosmetic } = changeSubstance(commit.files);
  const lines = commit.files.flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines));
  const changed = lines.filter((line) => line.kind !== "context");
  const real = changed.filter((line) => !isCosmetic(line));
  const near = new Set<number>();
  const inFunction = new Set<number>();
  followed.forEach((place, index) => {
    const touch = stepBack(place, commit.files, isCosmetic);
    if (touch.isNear) near.add(index);
    if (touch.isInFunction) inFunction.add(index);
  });
  const substance = changed.length === 0 ? 0 : real.length / changed.length;
  const { sha, committedAt } = commit;
  return {
    noted: { sha, committedAt, size: changed.length, substance, blamed: new Set(), near, inFunction },
    changed: wordsOf(real),
  };
}

/** Whom blame names for the places that weigh most. */
function authorsOfInnermost({ places, blamed }: BlameFacts): ReadonlySet<string> {
  const heaviest = Math.max(...places.map(({ weight }) => weight));
  const most = new Set(places.flatMap(({ path, line, weight }) => (weight === heaviest ? [`${path}\0${line}`] : [])));
  return new Set(blamed.flatMap(({ path, line, sha }) => (most.has(`${path}\0${line}`) ? [sha] : [])));
}

/** Blamed commits that are not in the history looked at, newest first. */
function olderBlamed(facts: BlameFacts): Noted[] {
  const known = new Set(facts.touching.map((commit) => commit.sha));
  const older = new Map<string, Noted>();
  for (const { sha, committedAt } of facts.blamed) {
    if (known.has(sha)) continue;
    const empty = { blamed: new Set<number>(), near: new Set<number>(), inFunction: new Set<number>() };
    older.set(sha, { sha, committedAt, size: 0, substance: 1, ...empty });
  }
  return [...older.values()].sort((a, b) => Date.parse(b.committedAt) - Date.parse(a.committedAt));
}

/**
 * For each commit, newest first, the best of its turns over the places that it touched: one by the number of commits since that
 * touched the same place, this one included; a place of half the weight of the heaviest counts half.
 */
function turns(
  touched: readonly ReadonlySet<number>[],
  weights: readonly number[],
): { readonly value: number; readonly nth: number }[] {
  const heaviest = Math.max(...weights, Number.MIN_VALUE);
  const seen = weights.map(() => 0);
  return touched.map((places) => {
    let best = { value: 0, nth: 0 };
    for (const index of places) {
      const nth = (seen[index] ?? 0) + 1;
      seen[index] = nth;
      const value = (weights[index] ?? 0) / heaviest / nth;
      if (value > best.value) best = { value, nth };
    }
    return best;
  });
}

function union(a: ReadonlySet<number>, b: ReadonlySet<number>): Set<number> {
  return new Set([...a, ...b]);
}
