/** What a detector says of a stream at one moment. */
export interface Seen {
  /** `unknown`: too little was told to say either; it neither begins nor ends anything. */
  readonly state: "firing" | "quiet" | "unknown";
  /** In words, with the numbers. */
  readonly text: string;
  /** Since when the condition holds, in milliseconds; null where it doesn't. */
  readonly sinceMs: number | null;
  readonly value: number | null;
  readonly threshold: number | null;
  /** What is normal, by which it was judged; a firing keeps it, so that trouble that stays does not become normal. */
  readonly baseline: number | null;
}

export const unknown = (text: string): Seen => ({
  state: "unknown",
  text,
  sinceMs: null,
  value: null,
  threshold: null,
  baseline: null,
});

/** 0.0123 as `1.2 %`. */
export function percent(ratio: number): string {
  const value = ratio * 100;
  return `${value >= 10 || Number.isInteger(value) ? Math.round(value) : value.toFixed(value < 0.1 ? 2 : 1)} %`;
}

/** Milliseconds as people read them. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
