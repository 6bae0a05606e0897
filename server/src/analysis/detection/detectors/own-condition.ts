import { heldFor } from "./hold.ts";
import { type Seen, unknown } from "./seen.ts";

/** A condition of the project's own, as it was at the newest steps, oldest first; null where a series had no value. */
export interface JudgedCondition {
  readonly stepMs: number;
  readonly toMs: number;
  readonly judged: readonly (boolean | null)[];
  /** The condition with the values that it saw last. */
  readonly text: string;
}

/** A condition of the project's own has held for so long. What the condition is, and how it is evaluated, is the caller's. */
export function ownCondition({ judged, text, stepMs, toMs }: JudgedCondition, forMs: number): Seen {
  const steps = judged.length;
  const newest = judged.at(-1) ?? null;
  if (newest === null) return unknown("One of its series has no value now.");
  const held = heldFor({ stepMs, toMs, steps }, forMs, (end) => judged[end - 1] ?? null);
  return {
    state: held.isFiring ? "firing" : "quiet",
    text,
    sinceMs: held.sinceMs,
    value: null,
    threshold: null,
    baseline: null,
  };
}
