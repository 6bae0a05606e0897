import type { DiffLine, FileDiff } from "../diff/parse-diff.ts";
import { changeSubstance } from "./change-substance.ts";
import { originOfLine, originOfRange } from "./map-line.ts";
import { movedFrom } from "./moved-from.ts";

/** A stretch of code at the newest commit. */
export interface TrackedRegion {
  readonly path: string;
  readonly first: number;
  readonly last: number;
}

/** A commit's real changes inside a region, as it stood then. */
export interface RegionTouch {
  readonly sha: string;
  /** Index of the region in the list given. */
  readonly region: number;
  readonly changed: readonly DiffLine[];
  /** Where the region stood after that commit. */
  readonly path: string;
  readonly first: number;
  readonly last: number;
  /** The commit wrote nearly all of the region: it is new code. */
  readonly isNew: boolean;
}

/**
 * Follows regions back through commits, newest first, and gives who changed what inside them: lines put in, changed or taken
 * out. Formatting, comments, moves and renames of names are no changes. `margin` widens every region by that many lines.
 */
export function trackRegions(
  regions: readonly TrackedRegion[],
  commits: readonly { readonly sha: string; readonly files: readonly FileDiff[] }[],
  margin = 0,
): RegionTouch[] {
  const found: RegionTouch[] = [];
  const places = regions.map((region, index) => ({ index, path: region.path, first: region.first, last: region.last }));
  for (const commit of commits) {
    const byPath = new Map<string, FileDiff>();
    for (const file of commit.files) if (file.newPath !== null) byPath.set(file.newPath, file);
    const substance = changeSubstance(commit.files);
    for (const place of places) {
      const file = byPath.get(place.path);
      if (file === undefined) continue;
      const changed = changedWithin(file, place.first - margin, place.last + margin).filter(
        (line) => !substance.isCosmetic(line),
      );
      if (changed.length > 0) {
        const added = changed.filter((line) => line.kind === "added").length;
        const isNew =
          originOfLine(file, place.first).kind === "born" && added * 10 >= (place.last - place.first + 1) * 7;
        found.push({
          sha: commit.sha,
          region: place.index,
          changed,
          path: place.path,
          first: place.first,
          last: place.last,
          isNew,
        });
      }
      const moved = movedFrom(commit.files, place.path, place.first, place.last);
      if (moved !== null) {
        place.path = moved.path;
        place.first = moved.first;
        place.last = moved.last;
        continue;
      }
      const origin = originOfRange(file, place.first, place.last);
      place.first = origin.first;
      place.last = origin.last;
      if (file.oldPath !== null) place.path = file.oldPath;
    }
  }
  return found;
}

/** Changed lines of a file within a range of its new side; a removed line stands where the next line followed. */
function changedWithin(file: FileDiff, first: number, last: number): DiffLine[] {
  const found: DiffLine[] = [];
  for (const hunk of file.hunks) {
    let next = hunk.newLines === 0 ? hunk.newStart + 1 : hunk.newStart;
    if (next > last + 1 || next + hunk.newLines < first) continue;
    for (const line of hunk.lines) {
      if (line.kind !== "removed") next = (line.newLine ?? next) + 1;
      if (line.kind === "context") continue;
      const at = line.newLine ?? next;
      if (at >= first && at <= last) found.push(line);
    }
  }
  return found;
}
