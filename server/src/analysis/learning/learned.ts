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

/** An entry of this incident's log of feedback. */
export interface PersonsWord {
  readonly saidAt: string;
  /** Who, in words. */
  readonly by: string;
  /** Why, as they put it; null where they gave no reason. */
  readonly why: string | null;
  /** Public id of the entry; null in worlds that were stored without. */
  readonly feedbackId: string | null;
}

/** The last word of somebody who knows on a conclusion about this incident. */
export interface JudgedConclusion extends PersonsWord {
  /** Key of the subject, as in `subjectKey`. */
  readonly subject: string;
  readonly type: HypothesisType;
  readonly isConfirmed: boolean;
  /** What spoke for the conclusion when it was judged; null where that was not kept. */
  readonly evidenceDigest: string | null;
  /** 0..1: how sure they are of what they confirmed; null where they did not say. */
  readonly sureness: number | null;
}

/** All that a world knows of what people said. */
export interface Learned {
  readonly priors: readonly LearnedPrior[];
  readonly judged: readonly JudgedConclusion[];
  /** The cause that people named and that is none of the conclusions, which rules out all of them; `why` is the cause in their words. Null for none. */
  readonly otherCause: (PersonsWord & { readonly sureness?: number | null }) | null;
}

/** What a conclusion that a person ruled out may reach at most while nothing new speaks for it. */
export const ruledOutMax = 0.1;

/** What it may reach once something new does: no longer ruled out, and not called confirmed by that alone. */
export const reopenedMax = 0.75;

export const nothingLearned: Learned = { priors: [], judged: [], otherCause: null };
