import { parseDiff } from "../../analysis/diff/parse-diff.ts";
import { belongingTo, type ChangedPlace, isTiedTo, placesOf } from "../../analysis/fixers/related-places.ts";
import { isAmong, testPiecesOf } from "../../analysis/fixers/test-pieces.ts";
import { type ChangedPart, partsOf, undoParts } from "../../analysis/fixers/undo-parts.ts";
import { isWellFormed } from "./is-well-formed.ts";
import type { RepairContext } from "./repair-context.ts";
import type { FileEdit } from "./repository-port.ts";
import { losesWork, modulesBuiltUpon, namesOfPlaces, placesThatFail, testFile } from "./undo-in-parts.ts";

/** A commit that did several things, with only that undone which fails and what belongs to it. */
export interface RelatedUndone {
  readonly diff: string;
  /** What else the commit did, in words for people. */
  readonly stays: readonly string[];
}

// What is written about code goes with it or not; it makes no second thing of one commit.
const isAboutCode = (path: string): boolean =>
  testFile.test(path) || /\.(?:md|markdown|rst|adoc|txt)$|(?:^|\/)package\.json$|[-.]lock\b|lock\.\w+$/i.test(path);

/**
 * Undoes what the blamed commit wrote in the functions on the failing stack, and whatever else of its code is tied to that. Its tests
 * stay but for those that are said to fail so. Null where the commit is about one thing, or what others wrote since would go with it.
 * @param failing what the project's runner names as failing with the same undone before; null where that was not tried yet
 */
export async function undoRelated(
  ctx: RepairContext,
  failing: readonly string[] | null,
): Promise<RelatedUndone | null> {
  const { culprit, repository, base } = ctx;
  if (culprit === null) return null;
  const all = placesOf(culprit.diff);
  const places = all.filter(({ path }) => !testFile.test(path));
  const seeds = await placesThatFail(ctx, places);
  if (seeds.length === 0) return null;
  const functions = ctx.frames.flatMap((frame) => frame.function ?? []);
  const undone = belongingTo(seeds, functions, places);
  const others = places.filter((place) => !undone.has(place) && !isAboutCode(place.path));
  if (others.length === 0) return null;
  const builtUpon = await modulesBuiltUpon(ctx);
  const edits: FileEdit[] = [];
  for (const path of new Set([...undone].map((place) => place.path))) {
    const now = await repository.readFile(base, path);
    const text = await withoutPlaces(
      ctx,
      path,
      now,
      [...undone].filter((place) => place.path === path),
    );
    if (text === undefined || (now !== null && losesWork(builtUpon, now, text ?? ""))) return null;
    if (text !== null && !isWellFormed(ctx.deps, path, text)) return null;
    if (text !== now) edits.push({ path, text });
  }
  if (failing !== null) edits.push(...(await withoutTests(ctx, failing, (part) => isTiedTo(undone, functions, part))));
  const diff = edits.length === 0 ? "" : await repository.diffOfEdits(base, edits);
  if (diff === "") return null;
  return { diff, stays: namesOfPlaces(others, new Set(ctx.frames.map(({ path }) => path))) };
}

/** The test files of the blamed commit without those of its tests that fail; of a file that fails as a whole, without what is tied to the code undone. */
async function withoutTests(
  { culprit, repository, base, deps }: RepairContext,
  failing: readonly string[],
  isTied: (part: ChangedPart) => boolean,
): Promise<FileEdit[]> {
  const edits: FileEdit[] = [];
  const parts = partsOf(culprit?.diff ?? "");
  for (const { oldPath, newPath: path } of parseDiff(culprit?.diff ?? "")) {
    if (culprit === null || path === null || !testFile.test(path)) continue;
    const [changed, now] = [await repository.readFile(culprit.sha, path), await repository.readFile(base, path)];
    const tree = changed === null ? null : deps.parseModule(path, changed);
    if (changed === null || now === null || tree === null) continue;
    const whole = { start: 1, added: changed.split("\n"), removed: [] };
    const pieces = testPiecesOf(changed, tree, oldPath === null ? [whole] : (parts.get(path) ?? []));
    const named = pieces.filter(({ test }) => test !== null && isAmong(failing, test));
    const file = path.split("/").at(-1) ?? path;
    const fails = failing.length === 0 || failing.some((name) => name.includes(file));
    const going = named.length === 0 && fails ? pieces.filter(({ part }) => isTied(part)) : named;
    if (going.length === 0) continue;
    const isAll = oldPath === null && pieces.every((piece) => piece.test === null || going.includes(piece));
    if (isAll && now === changed) edits.push({ path, text: null });
    else {
      const text = undoParts(changed, now, [...new Set(going.map(({ part }) => part))]);
      if (text !== null && text !== now && isWellFormed(deps, path, text)) edits.push({ path, text });
    }
  }
  return edits;
}

/** A file of the base without some places of the blamed commit, null for one that goes; undefined where that can't be had. */
async function withoutPlaces(
  { culprit, repository }: RepairContext,
  path: string,
  now: string | null,
  places: readonly ChangedPlace[],
): Promise<string | null | undefined> {
  if (culprit?.parent == null) return undefined;
  const [before, changed] = [
    await repository.readFile(culprit.parent, path),
    await repository.readFile(culprit.sha, path),
  ];
  const parts = places.flatMap(({ part }) => part ?? []);
  if (parts.length > 0)
    return changed === null || now === null ? undefined : (undoParts(changed, now, parts) ?? undefined);
  // Added, and nobody changed it since; or taken away, and nobody made another.
  if (before === null && (now === null || now === changed)) return null;
  if (changed === null && now === null) return before ?? undefined;
  return undefined;
}
