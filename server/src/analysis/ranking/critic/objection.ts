import type { Observed } from "../../inspections/observed/observed.ts";
import type { ObservedFinding } from "../../inspections/observed/observed-finding.ts";
import type { RankedAlternative } from "../rank-observed.ts";

/** What a rule of the critic is given. */
export interface Criticised {
  readonly observed: Observed;
  readonly ranked: readonly RankedAlternative[];
  readonly findings: readonly ObservedFinding[];
}

/** What a rule holds against an answer. */
export interface Objection {
  readonly rule: string;
  /** Key of the subject that it is about; null for every one. */
  readonly subject: string | null;
  /** `rejected`: not the cause. `downgraded`: not to be called likely. `insufficient`: nothing may be blamed on so little. */
  readonly effect: "rejected" | "downgraded" | "insufficient";
  /** No confidence above this. */
  readonly confidenceMax: number;
  /** In a sentence, with its numbers. */
  readonly text: string;
  /** What would help, a sentence; null where nothing is missing. */
  readonly missing: string | null;
  /** The component that should be looked at instead, or null. */
  readonly proposes: string | null;
}

export type CriticRule = (answer: Criticised) => readonly Objection[];

/** Just below what is called likely. */
export const unlikelyMax = 0.45;

/** Below what is called confirmed. */
export const unconfirmedMax = 0.75;
