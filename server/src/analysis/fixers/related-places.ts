import { namesOf } from "../blame/source-context.ts";
import { parseDiff } from "../diff/parse-diff.ts";
import { type ChangedPart, partsOf } from "./undo-parts.ts";

/** What a change did in one place: a run of lines, or with `part` null a whole file that it added, took away, moved or wrote as bytes. */
export interface ChangedPlace {
  readonly path: string;
  readonly part: ChangedPart | null;
  /** On its lines before and after, also in quotes. */
  readonly names: ReadonlySet<string>;
}

/** The places of a change, file by file, from the top of each. */
export function placesOf(diff: string): readonly ChangedPlace[] {
  const parts = partsOf(diff);
  return parseDiff(diff).flatMap(({ oldPath, newPath, isBinary, hunks }): ChangedPlace[] => {
    const path = newPath ?? oldPath ?? "";
    if (oldPath === newPath && !isBinary)
      return (parts.get(path) ?? []).map((part) => ({ path, part, names: namesIn([...part.added, ...part.removed]) }));
    const changed = hunks.flatMap(({ lines }) => lines.filter(({ kind }) => kind !== "context"));
    const stem = (path.split("/").at(-1) ?? path).replace(/\.\w+$/, "");
    return [{ path, part: null, names: namesIn([stem, ...changed.map(({ text }) => text)]) }];
  });
}

function namesIn(lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => namesOf(line.replace(/["'`]/g, " "))));
}

/**
 * The places that belong to some of them: they share a name with them, with the functions around them, or with another that does.
 * Two that share none are two things that one change did.
 */
export function belongingTo(
  seeds: readonly ChangedPlace[],
  functions: readonly string[],
  places: readonly ChangedPlace[],
): ReadonlySet<ChangedPlace> {
  const found = new Set(seeds);
  const names = new Set([...namesIn(functions), ...seeds.flatMap((seed) => [...seed.names])]);
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const place of places) {
      if (found.has(place) || ![...place.names].some((name) => names.has(name))) continue;
      found.add(place);
      for (const name of place.names) names.add(name);
    }
  }
  return found;
}
