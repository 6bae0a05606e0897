/** A share of counts: how many of how many. */
export interface Share {
  readonly count: number;
  readonly of: number;
}

/**
 * How much likelier two shares are as two than as one, as a natural logarithm: half of the G statistic of a 2×2 table (Dunning, "Accurate Methods for the
 * Statistics of Surprise and Coincidence", 1993), which holds for counts of one, where χ² does not.
 */
export function surpriseOfShares(before: Share, now: Share): number {
  const pooled = (before.count + now.count) / Math.max(1e-9, before.of + now.of);
  return Math.max(0, likelihood(before, pooled) + likelihood(now, pooled));
}

/** The same of two counts in two lengths of time: a likelihood ratio of Poisson rates. */
export function surpriseOfRates(before: Share, now: Share): number {
  const rate = (before.count + now.count) / Math.max(1e-9, before.of + now.of);
  const part = ({ count, of }: Share) => (count > 0 && of > 0 ? count * Math.log(count / (of * rate)) : 0);
  return Math.max(0, part(before) + part(now));
}

/** 0..1 of a surprise: 0 up to what chance brings among many looked at, half at six more. */
export function strengthOfSurprise(surprise: number, byChance: number): number {
  const excess = Math.max(0, surprise - byChance);
  return excess / (excess + 6);
}

function likelihood({ count, of }: Share, pooled: number): number {
  if (of <= 0) return 0;
  const share = count / of;
  const part = (amount: number, own: number, all: number) => (amount > 0 && all > 0 ? amount * Math.log(own / all) : 0);
  return part(count, share, pooled) + part(of - count, 1 - share, 1 - pooled);
}
