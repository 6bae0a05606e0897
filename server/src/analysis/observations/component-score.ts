/** One way of looking at a component, and how strongly it speaks for it. */
export interface ScorePart {
  /** The method's name, as its docstring cites it. */
  readonly method: string;
  /** 0..1: how unusual, by this method alone. */
  readonly strength: number;
  /** What was seen, in a sentence with its numbers. */
  readonly text: string;
  /** The `ref` of the series, pattern or operation that was looked at. */
  readonly ref: string;
}

/** How well one component explains what was observed. */
export interface ComponentScore {
  readonly component: string;
  /** 0..1; equal scores are ties. Comparable within one set of observations only. */
  readonly score: number;
  /** The id of the series that says most, and its metric; null where logs or operations do. */
  readonly seriesId: string | null;
  readonly metric: string | null;
  /** When it began to be unusual, or null. */
  readonly onsetAt: number | null;
  readonly parts: readonly ScorePart[];
}
