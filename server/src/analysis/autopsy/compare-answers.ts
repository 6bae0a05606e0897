/** What of two answers can be compared. */
export interface ComparedAnswer {
  readonly rootCause: string;
  readonly manualSteps: readonly string[];
  readonly patchDiff: string | null;
  readonly proof: string | null;
  readonly confidence: number | null;
  readonly modelUsed: string;
  readonly evidenceIds: readonly string[];
  readonly baseCommit: string | null;
  readonly cost: number;
}

/** How an answer differs from the one before it, each a sentence; empty where it says the same. */
export function compareAnswers(before: ComparedAnswer, after: ComparedAnswer): string[] {
  const changes: string[] = [];
  const show = (value: string | number | null) => (value === null ? "none" : String(value));
  if (before.modelUsed !== after.modelUsed)
    changes.push(`Answered by ${after.modelUsed}, before by ${before.modelUsed}.`);
  if (before.baseCommit !== after.baseCommit)
    changes.push(
      `About commit ${show(after.baseCommit).slice(0, 12)}, before ${show(before.baseCommit).slice(0, 12)}.`,
    );
  if (before.rootCause !== after.rootCause) changes.push(`The root cause was: ${before.rootCause}`);
  if (before.confidence !== after.confidence)
    changes.push(`Confidence ${show(before.confidence)} became ${show(after.confidence)}.`);
  if (before.proof !== after.proof) changes.push(`Proof ${show(before.proof)} became ${show(after.proof)}.`);
  if (before.patchDiff !== after.patchDiff)
    changes.push(
      before.patchDiff === null
        ? "There is a patch now."
        : after.patchDiff === null
          ? "There is no patch any more."
          : "The patch is another one.",
    );
  const gone = before.manualSteps.filter((step) => !after.manualSteps.includes(step)).length;
  const fresh = after.manualSteps.filter((step) => !before.manualSteps.includes(step)).length;
  if (gone + fresh > 0) changes.push(`Manual steps: ${fresh} new, ${gone} gone.`);
  const cited = after.evidenceIds.filter((id) => !before.evidenceIds.includes(id)).length;
  if (cited > 0) changes.push(`It rests on ${cited} further ${cited === 1 ? "piece" : "pieces"} of evidence.`);
  if (before.cost !== after.cost) changes.push(`It cost ${after.cost}, before ${before.cost}.`);
  return changes;
}
