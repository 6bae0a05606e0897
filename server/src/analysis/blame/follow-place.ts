import type { DiffLine, FileDiff } from "../diff/parse-diff.ts";
import type { FailingPlace } from "./facts.ts";
import { originOfLine, originOfRange } from "./map-line.ts";
import { movedFrom } from "./moved-from.ts";

/** A failing place on its way back through the history: where it and its function stood after the commit looked at. */
export interface FollowedPlace {
  path: string;
  line: number;
  enclosing: { first: number; last: number };
}

/** What one commit did around a place. */
export interface PlaceTouch {
  /** It changed, put in or took out code within three lines. */
  readonly isNear: boolean;
  /** It changed the function around the place, or brought the whole of it. */
  readonly isInFunction: boolean;
}

const nearLines = 3;
const untouched: PlaceTouch = { isNear: false, isInFunction: false };

/** Where the following starts: at the commit that ran. */
export function startOf(place: FailingPlace): FollowedPlace {
  const { functionFirst, functionLast } = place.context;
  return { path: place.path, line: place.line, enclosing: { first: functionFirst, last: functionLast } };
}

/**
 * Says what a commit did around a place, then moves the place to where it stood before that commit. Merged side branches make
 * positions inexact by the lines that the other branch added.
 */
export function stepBack(
  place: FollowedPlace,
  files: readonly FileDiff[],
  isCosmetic: (line: DiffLine) => boolean,
): PlaceTouch {
  const file = files.find((one) => one.newPath === place.path);
  if (file === undefined) return untouched;
  const moved = movedFrom(files, place.path, place.enclosing.first, place.enclosing.last);
  const touch = touchOf(place, file, isCosmetic, moved !== null);
  const movedLine = moved?.lines.get(place.line);
  if (moved !== null && movedLine !== undefined) {
    place.path = moved.path;
    place.line = movedLine;
    place.enclosing = { first: moved.first, last: moved.last };
    return touch;
  }
  const { first, last } = place.enclosing;
  place.line = originOfLine(file, place.line).line;
  place.enclosing = originOfRange(file, first, last);
  if (file.oldPath !== null) place.path = file.oldPath;
  return touch;
}

function touchOf(
  place: FollowedPlace,
  file: FileDiff,
  isCosmetic: (line: DiffLine) => boolean,
  isMoved: boolean,
): PlaceTouch {
  // The commit that brought the whole function did not change the line: blame alone tells of that.
  if (!isMoved && isBornAt(file, place)) return { isNear: false, isInFunction: true };
  const at = realPositions(file, (line) => !isCosmetic(line));
  return {
    isNear: at.some((position) => Math.abs(position - place.line) <= nearLines),
    isInFunction: at.some((position) => position >= place.enclosing.first && position <= place.enclosing.last),
  };
}

/** Whether a file's diff brought the line and the function around it. */
export function isBornAt(file: FileDiff, place: FollowedPlace): boolean {
  return originOfLine(file, place.line).kind === "born" && isBornIn(file, place.enclosing);
}

/** Whether nearly all lines of a range are new in a diff. */
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
