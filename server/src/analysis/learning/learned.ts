import type { HypothesisType } from "@culprit/contract";

/** What people said before about causes like one: counted, and with older words counting less. */
export interface LearnedPrior {
  /** Where: a service, or null for the whole project. */
  readonly service: string | null;
  readonly type: HypothesisType;
  /** What the cause looked like (`pool_exhaustion`, `change:flag`…), or null for any of its type. */
  readonly pattern: string | null;
  /** Halved every three weeks. */
  readonly confirmed: number;
  readonly rejected: number;
  /** As they were, for people. */
  readonly timesConfirmed: number;
  readonly timesRejected: number;
}

/** A conclusion about this incident that a person ruled out, with what spoke for it then. */
export interface RejectedConclusion {
  readonly subject: string;
  readonly evidenceDigest: string;
  readonly rejectedAt: string;
}

/** All that a world knows of what people said. */
export interface Learned {
  readonly priors: readonly LearnedPrior[];
  readonly rejected: readonly RejectedConclusion[];
}

/** What a conclusion that a person ruled out may reach at most while nothing new speaks for it. */
export const rejectedMax = 0.3;

export const nothingLearned: Learned = { priors: [], rejected: [] };
