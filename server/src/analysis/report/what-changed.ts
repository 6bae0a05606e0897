import type { Verdict } from "@culprit/contract";

/** The answer of one revision, as far as the next is compared with it. */
export interface EarlierAnswer {
  readonly verdict: Verdict;
  readonly culpritCommit: string | null;
  readonly topTitle: string | null;
  /** The verdict's. */
  readonly confidence: number | null;
}

/** What differs between two answers in one sentence; null for the first answer. */
export function whatChanged(before: EarlierAnswer | null, now: EarlierAnswer): string | null {
  if (before === null) return null;
  const parts: string[] = [];
  if (before.culpritCommit !== now.culpritCommit) {
    if (before.culpritCommit !== null) parts.push(`it no longer blames ${before.culpritCommit.slice(0, 10)}`);
    if (now.culpritCommit !== null) parts.push(`it now blames ${now.culpritCommit.slice(0, 10)}`);
  } else if (before.topTitle !== now.topTitle)
    parts.push(`the first explanation is now "${now.topTitle ?? "none"}", it was "${before.topTitle ?? "none"}"`);
  if (before.verdict !== now.verdict) parts.push(`the verdict went from ${before.verdict} to ${now.verdict}`);
  const [was, is] = [before.confidence?.toFixed(2), now.confidence?.toFixed(2)];
  if (was !== undefined && is !== undefined && was !== is) parts.push(`the confidence went from ${was} to ${is}`);
  return parts.length === 0
    ? "Nothing changed: new evidence leads to the same answer."
    : `${parts.join("; ")}.`.replace(/^./, (char) => char.toUpperCase());
}
