/** What a part of an autopsy's context is, most useful kinds first. */
export const contextKinds = [
  "failure",
  "failing_code",
  "function",
  "culprit_hunk",
  "verdict",
  "frame_code",
  "caller",
  "evidence",
  "other_hunk",
  "test",
  "similar_incident",
  "runbook",
] as const;
export type ContextKind = (typeof contextKinds)[number];

/** One thing that an autopsy may be given. The texts are from outside, with secrets taken out already. */
export interface ContextPart {
  /** What a claim cites; the piece of evidence that the part is kept as. */
  readonly evidenceId: string;
  readonly kind: ContextKind;
  readonly title: string;
  readonly text: string;
  /** The file of the repository that is shown; null for what is no code. */
  readonly path: string | null;
}

/** What became of a part when all had to fit. */
export interface FittedPart {
  readonly part: ContextPart;
  /** Empty where it was left out. */
  readonly text: string;
  readonly isIncluded: boolean;
  readonly isCut: boolean;
  /** Why it was cut or left out; null for what is there as it was. */
  readonly reason: string | null;
}

export interface FittedContext {
  readonly charactersMax: number;
  readonly characters: number;
  /** In the order of usefulness. */
  readonly parts: readonly FittedPart[];
}
