import { belongingTo, type ChangedPlace, placesOf } from "../../analysis/fixers/related-places.ts";
import { undoParts } from "../../analysis/fixers/undo-parts.ts";
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
 * Undoes what the blamed commit wrote in the functions on the failing stack, and whatever else of it shares a name with that.
 * Null where the commit is about one thing, or what others wrote since would go with it.
 */
export async function undoRelated(ctx: RepairContext): Promise<RelatedUndone | null> {
  const { culprit, repository, base } = ctx;
  if (culprit === null) return null;
  const places = placesOf(culprit.diff);
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
  const diff = edits.length === 0 ? "" : await repository.diffOfEdits(base, edits);
  if (diff === "") return null;
  return { diff, stays: namesOfPlaces(others, new Set(ctx.frames.map(({ path }) => path))) };
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
