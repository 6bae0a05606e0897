/** How the newest steps judged a condition. */
export interface Held {
  readonly isFiring: boolean;
  /** Since when it holds without a break; null where it doesn't hold now. */
  readonly sinceMs: number | null;
}

/**
 * Whether a condition has held, without a break, for `forMs` up to the end of the grid. A step of which nothing is known
 * (null) neither counts nor breaks, unless it is the newest.
 * @param isTrueAt the condition at the end of the step before this index
 */
export function heldFor(
  { stepMs, toMs, steps }: { readonly stepMs: number; readonly toMs: number; readonly steps: number },
  forMs: number,
  isTrueAt: (end: number) => boolean | null,
): Held {
  if (isTrueAt(steps) !== true) return { isFiring: false, sinceMs: null };
  let first = steps;
  for (let end = steps - 1; end > 0; end -= 1) {
    const isTrue = isTrueAt(end);
    if (isTrue === false) break;
    if (isTrue === true) first = end;
  }
  const sinceMs = toMs - (steps - first + 1) * stepMs;
  return { isFiring: toMs - sinceMs >= forMs, sinceMs };
}
