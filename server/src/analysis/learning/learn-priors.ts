import type { HypothesisType } from "@culprit/contract";
import type { LearnedPrior } from "./learned.ts";

/** One judgement of a conclusion by somebody who knows. */
export interface Judgement {
  readonly service: string | null;
  readonly type: HypothesisType;
  readonly pattern: string | null;
  readonly isConfirmed: boolean;
  readonly judgedAtMs: number;
}

/** What was said three weeks ago counts half: systems change, and so does what breaks in them. */
const halfLifeMs = 21 * 86_400_000;

/**
 * Counts judgements by service, type and pattern, and by type and pattern in the whole project, older ones less. Both confirmations and rejections
 * count. The order of the judgements has no meaning; one from the future counts as new.
 */
export function learnPriors(judgements: readonly Judgement[], nowMs: number): LearnedPrior[] {
  const found = new Map<string, LearnedPrior>();
  const count = (judgement: Judgement, service: string | null, pattern: string | null) => {
    const { type, isConfirmed } = judgement;
    const key = JSON.stringify([service, type, pattern]);
    const known = found.get(key) ?? {
      service,
      type,
      pattern,
      confirmed: 0,
      rejected: 0,
      timesConfirmed: 0,
      timesRejected: 0,
    };
    const weight = 0.5 ** (Math.max(0, nowMs - judgement.judgedAtMs) / halfLifeMs);
    found.set(key, {
      ...known,
      confirmed: known.confirmed + (isConfirmed ? weight : 0),
      rejected: known.rejected + (isConfirmed ? 0 : weight),
      timesConfirmed: known.timesConfirmed + (isConfirmed ? 1 : 0),
      timesRejected: known.timesRejected + (isConfirmed ? 0 : 1),
    });
  };
  for (const judgement of judgements) {
    const services = judgement.service === null ? [null] : [judgement.service, null];
    const patterns = judgement.pattern === null ? [null] : [judgement.pattern, null];
    for (const service of services) for (const pattern of patterns) count(judgement, service, pattern);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, prior]) => prior);
}
