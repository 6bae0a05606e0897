import type { HypothesisType } from "@culprit/contract";
import { observedWeights } from "../../ranking/observed-weights.ts";
import type { EvidenceDraft, Finding, Subject } from "../finding.ts";

/** What is weighed; each has one fitted weight in `ranking/observed-weights.ts`. */
export type Feature = keyof typeof observedWeights;

/** A finding whose weight is a fitted number times how strongly it was seen. */
export interface ObservedFinding extends Finding {
  readonly feature: Feature;
  /** -1..1; the weight is this times the feature's. */
  readonly value: number;
  /** What it looks like (`pool_exhaustion`, `restarts`), so that causes of one kind are recognised again. */
  readonly pattern?: string;
  /** It is weighed and says nothing to anybody, such as which of two figures that are both nothing is the greater. */
  readonly isUnsaid?: boolean;
}

export interface Seen {
  readonly feature: Feature;
  readonly value: number;
  readonly text: string;
  readonly evidence: EvidenceDraft;
  readonly cause?: HypothesisType;
  readonly pattern?: string;
  readonly isUnsaid?: boolean;
}

/** Makes findings of one inspection about one subject. */
export function findingAbout(inspection: string, subject: Subject): (seen: Seen) => ObservedFinding {
  return (seen) => ({ inspection, subject, weight: observedWeights[seen.feature] * seen.value, ...seen });
}
