import type { ScorePart } from "../../observations/component-score.ts";
import type { Observations } from "../../observations/observations.ts";

/** 0..1: how far a caller is believed that says of one that it calls what nobody else can see. */
export type Credit = (caller: string, callee: string) => number;

/**
 * One way of looking at all components: how strongly it speaks for each of them, by component key. A component that it has nothing to say
 * about is absent. Pure and deterministic. Strengths of one way are comparable with each other; those of two ways only as far as both follow
 * the same reading: 0 nothing unusual, 0.5 worth a look, 0.9 hardly ever seen in a healthy time. With `credit` what callers tell of those that they call
 * counts as far as they are believed.
 */
export type Modality = (observations: Observations, credit?: Credit) => ReadonlyMap<string, ScorePart>;
