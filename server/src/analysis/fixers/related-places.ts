import { namesOf } from "../blame/source-context.ts";
import { parseDiff } from "../diff/parse-diff.ts";
import { type ChangedPart, partsOf } from "./undo-parts.ts";

/** What a change did in one place: a run of lines, or with `part` null a whole file that it added, took away, moved or wrote as bytes. */
export interface ChangedPlace {
  readonly path: string;
  readonly part: ChangedPart | null;
  /** On its lines before and after, also in quotes. */
  readonly names: ReadonlySet<string>;
  /** Those of its names that tie it to another place: what the change declares, and what is there only since it or no longer. */
  readonly ties: ReadonlySet<string>;
}

/** The places of a change, file by file, from the top of each. */
export function placesOf(diff: string): readonly ChangedPlace[] {
  const parts = partsOf(diff);
  const tying = tyingNames(diff);
  const placeOf = (path: string, part: ChangedPart | null, lines: readonly string[]): ChangedPlace => {
    const names = namesIn(lines);
    return { path, part, names, ties: new Set([...names].filter((name) => tying.has(name))) };
  };
  return parseDiff(diff).flatMap(({ oldPath, newPath, isBinary, hunks }): ChangedPlace[] => {
    const path = newPath ?? oldPath ?? "";
    if (oldPath === newPath && !isBinary)
      return (parts.get(path) ?? []).map((part) => placeOf(path, part, [...part.added, ...part.removed]));
    const changed = hunks.flatMap(({ lines }) => lines.filter(({ kind }) => kind !== "context"));
    return [placeOf(path, null, [stemOf(path), ...changed.map(({ text }) => text)])];
  });
}

// A word that was there before, say a property that all of the code reads, makes no two places one thing.
function tyingNames(diff: string): ReadonlySet<string> {
  const files = parseDiff(diff);
  const lines = files.flatMap(({ hunks }) => hunks.flatMap((hunk) => hunk.lines));
  const textsOf = (kind: string): string[] => lines.filter((line) => line.kind === kind).map(({ text }) => text);
  const [added, removed] = [namesIn(textsOf("added")), namesIn(textsOf("removed"))];
  const around = namesIn([...textsOf("context"), ...files.flatMap(({ hunks }) => hunks.map(({ section }) => section))]);
  const isFresh = (name: string): boolean => added.has(name) !== removed.has(name) && !around.has(name);
  const moved = files.filter(({ oldPath, newPath }) => oldPath !== newPath);
  return new Set([
    ...[...added, ...removed].filter(isFresh),
    ...declaredIn([...textsOf("added"), ...textsOf("removed")]),
    ...moved.flatMap(({ oldPath, newPath }) => [...namesIn([stemOf(newPath ?? oldPath ?? "")])]),
  ]);
}

const declarations = [
  /\b(?:function\*?|class|interface|enum|def|func|fn)\s+([\w$]+)/,
  /^(?:export\s+)?(?:const|let|var|type)\s+([\w$]+)/,
  /\bexports\.([\w$]+)\s*=/,
];

function declaredIn(lines: readonly string[]): ReadonlySet<string> {
  return namesIn(lines.flatMap((line) => declarations.flatMap((pattern) => pattern.exec(line)?.[1] ?? [])));
}

function stemOf(path: string): string {
  return (path.split("/").at(-1) ?? path).replace(/\.\w+$/, "");
}

function namesIn(lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => namesOf(line.replace(/["'`]/g, " "))));
}

/**
 * The places that belong to some of them: they name the functions around these, or a tying name that these or another that belongs to
 * them holds too. Two that share none are two things that one change did.
 */
export function belongingTo(
  seeds: readonly ChangedPlace[],
  functions: readonly string[],
  places: readonly ChangedPlace[],
): ReadonlySet<ChangedPlace> {
  const found = new Set(seeds);
  const around = namesIn(functions);
  const ties = new Set(seeds.flatMap((seed) => [...seed.ties]));
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const place of places) {
      if (found.has(place)) continue;
      const belongs =
        [...place.ties].some((name) => ties.has(name)) || [...place.names].some((name) => around.has(name));
      if (!belongs) continue;
      found.add(place);
      for (const name of place.ties) ties.add(name);
    }
  }
  return found;
}

/** Whether a run of lines of the change that `places` are of is tied to some of them. */
export function isTiedTo(places: Iterable<ChangedPlace>, functions: readonly string[], part: ChangedPart): boolean {
  const names = namesIn([...part.added, ...part.removed]);
  const others = [namesIn(functions), ...[...places].map(({ ties }) => ties)];
  return others.some((other) => [...names].some((name) => other.has(name)));
}
