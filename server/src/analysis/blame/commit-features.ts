import type { DiffLine, FileDiff } from "../diff/parse-diff.ts";
import { changeSubstance } from "./change-substance.ts";
import type { BlameFacts, FailingPlace, TouchingCommit } from "./facts.ts";
import { originOfLine, originOfRange } from "./map-line.ts";
import { movedFrom } from "./moved-from.ts";

/** What connects one commit with the failing places; shares are 0..1 of the places' weight. */
export interface CommitFeatures {
  readonly sha: string;
  /** Git's blame of the failing lines names it. */
  readonly blame: number;
  /** It is the newest of those that blame names. */
  readonly isNewestBlamed: number;
  /** It wrote or changed the failing lines, followed back through renames of names and formatting. */
  readonly line: number;
  /** It changed, put in or took out code within three lines of a failing line. */
  readonly near: number;
  /** It changed the function around a failing line. */
  readonly enclosing: number;
  /** It changed the definition of something that a failing line names. */
  readonly definition: number;
  /** Its changed lines use the names of a failing line. */
  readonly names: number;
  /** It touched the failing files. */
  readonly file: number;
  /** Place in the files' history, newest 0. */
  readonly age: number;
  /** Share of its changed lines that change what the program does. */
  readonly substance: number;
  /** Its changed lines in the failing files. */
  readonly size: number;
}

interface Tracked {
  readonly place: FailingPlace;
  readonly weight: number;
  path: string;
  line: number;
  /** What is left to hand out for the line; 0 once the commit where it was born is found. */
  rest: number;
  enclosing: { first: number; last: number };
  definitions: { first: number; last: number }[];
}

type Mutable = { -readonly [K in keyof CommitFeatures]: CommitFeatures[K] };

/**
 * Walks the history of the failing files from the newest commit back, keeps the failing places in step with every
 * diff, and notes for each commit how it touched them. Merged side branches make positions inexact by the lines
 * that the other branch added; the shares are built so that a few lines of drift change little.
 */
export function commitFeatures(facts: BlameFacts): CommitFeatures[] {
  const total = facts.places.reduce((sum, place) => sum + place.weight, 0) || 1;
  const tracked = facts.places.map(
    (place): Tracked => ({
      place,
      weight: place.weight / total,
      path: place.path,
      line: place.line,
      rest: 1,
      enclosing: { first: place.context.functionFirst, last: place.context.functionLast },
      definitions: place.context.definitions.map(({ first, last }) => ({ first, last })),
    }),
  );
  const found = new Map<string, Mutable>();
  const of = (sha: string, age: number): Mutable => {
    const known = found.get(sha);
    if (known !== undefined) return known;
    const fresh: Mutable = {
      sha,
      blame: 0,
      isNewestBlamed: 0,
      line: 0,
      near: 0,
      enclosing: 0,
      definition: 0,
      names: 0,
      file: 0,
      age,
      substance: 1,
      size: 0,
    };
    found.set(sha, fresh);
    return fresh;
  };
  facts.touching.forEach((commit, age) => {
    touch(commit, tracked, of(commit.sha, age));
  });
  addBlame(facts, total, of);
  return [...found.values()];
}

function addBlame(facts: BlameFacts, total: number, of: (sha: string, age: number) => Mutable): void {
  const places = new Map(facts.places.map((place) => [`${place.path}\0${place.line}`, place]));
  const ages = new Map(facts.touching.map((commit, age) => [commit.sha, age]));
  let newest: Mutable | null = null;
  for (const fact of facts.blamed) {
    const place = places.get(`${fact.path}\0${fact.line}`);
    if (place === undefined) continue;
    const features = of(fact.sha, ages.get(fact.sha) ?? facts.touching.length);
    features.blame += place.weight / total;
    if (newest === null || features.age < newest.age) newest = features;
  }
  if (newest !== null) newest.isNewestBlamed = 1;
}

function touch(commit: TouchingCommit, tracked: readonly Tracked[], features: Mutable): void {
  const substance = changeSubstance(commit.files);
  const byPath = new Map<string, FileDiff>();
  for (const file of commit.files) if (file.newPath !== null) byPath.set(file.newPath, file);
  let changed = 0;
  let real = 0;
  for (const file of commit.files) {
    for (const hunk of file.hunks) {
      for (const line of hunk.lines) {
        if (line.kind === "context") continue;
        changed += 1;
        if (!substance.isCosmetic(line)) real += 1;
      }
    }
  }
  features.size = changed;
  features.substance = changed === 0 ? 0 : real / changed;
  for (const item of tracked) {
    const file = byPath.get(item.path);
    if (file === undefined) continue;
    features.file += item.weight;
    // The commit that brought the whole function did not change it: blame alone tells of it.
    if (originOfLine(file, item.line).kind === "born" && isBornIn(file, item.enclosing)) {
      follow(item, file, commit.files, features, (line) => substance.isCosmetic(line));
      continue;
    }
    const at = realPositions(file, (line) => !substance.isCosmetic(line));
    const within = (first: number, last: number) => at.some((position) => position >= first && position <= last);
    if (within(item.line - 3, item.line + 3)) features.near += item.weight;
    if (within(item.enclosing.first, item.enclosing.last)) features.enclosing += item.weight;
    if (item.definitions.some((range) => within(range.first, range.last))) features.definition += item.weight;
    if (usesNames(file, item.place.context.names, (line) => !substance.isCosmetic(line))) features.names += item.weight;
    follow(item, file, commit.files, features, (line) => substance.isCosmetic(line));
  }
}

/** Whether most lines of a range are new in a diff. */
function isBornIn(file: FileDiff, range: { first: number; last: number }): boolean {
  let added = 0;
  for (const hunk of file.hunks) {
    for (const line of hunk.lines)
      if (line.kind === "added" && line.newLine !== null && line.newLine >= range.first && line.newLine <= range.last)
        added += 1;
  }
  return added * 10 >= (range.last - range.first + 1) * 9;
}

/** Positions on the new side where something real changed; a pure deletion stands at the line that followed it. */
function realPositions(file: FileDiff, isReal: (line: DiffLine) => boolean): number[] {
  const positions: number[] = [];
  for (const hunk of file.hunks) {
    let next = hunk.newLines === 0 ? hunk.newStart + 1 : hunk.newStart;
    for (const line of hunk.lines) {
      if (line.newLine !== null) next = line.newLine + 1;
      if (line.kind === "context" || !isReal(line)) continue;
      positions.push(line.newLine ?? next);
    }
  }
  return positions;
}

function usesNames(file: FileDiff, names: readonly string[], isReal: (line: DiffLine) => boolean): boolean {
  const rare = names.slice(0, 3);
  if (rare.length === 0) return false;
  return file.hunks.some((hunk) =>
    hunk.lines.some((line) => line.kind !== "context" && isReal(line) && rare.some((name) => line.text.includes(name))),
  );
}

function follow(
  item: Tracked,
  file: FileDiff,
  files: readonly FileDiff[],
  features: Mutable,
  isCosmetic: (line: DiffLine) => boolean,
): void {
  const moved = movedFrom(files, item.path, item.enclosing.first, item.enclosing.last);
  const movedLine = moved?.lines.get(item.line);
  if (moved !== null && movedLine !== undefined) {
    item.path = moved.path;
    item.line = movedLine;
    item.enclosing = { first: moved.first, last: moved.last };
    item.definitions = [];
    return;
  }
  const origin = originOfLine(file, item.line);
  if (origin.kind !== "same") {
    const row = file.hunks.flatMap((hunk) => hunk.lines).find((line) => line.newLine === item.line);
    const cosmetic = row !== undefined && isCosmetic(row);
    // A change keeps most of the blame; a commit that only renamed or re-indented hands it on.
    const share = cosmetic ? 0.05 : origin.kind === "born" ? 1 : 0.7;
    features.line += item.weight * item.rest * share;
    item.rest *= origin.kind === "born" && !cosmetic ? 0 : 1 - share;
  }
  item.line = origin.line;
  item.enclosing = originOfRange(file, item.enclosing.first, item.enclosing.last);
  item.definitions = item.definitions.map((range) => originOfRange(file, range.first, range.last));
  if (file.oldPath !== null) item.path = file.oldPath;
}
