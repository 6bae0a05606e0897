/** What may have ties in it: equal scores are in no order. */
export interface Scored {
  readonly score: number;
  readonly isRight: boolean;
}

/** How likely a right one is among the first 1 to 5 when ties are broken by chance; several right ones count by the best of them. */
export function hitsWithin(list: readonly Scored[]): readonly [number, number, number, number, number] {
  const sorted = [...list].sort((a, b) => b.score - a.score);
  const best = sorted.find((one) => one.isRight);
  if (best === undefined) return [0, 0, 0, 0, 0];
  const before = sorted.filter((one) => one.score > best.score).length;
  const tied = sorted.filter((one) => one.score === best.score);
  const right = tied.filter((one) => one.isRight).length;
  // No right one within the first k of the tie: C(wrong, k) / C(tied, k).
  const hit = (top: number) => {
    const drawn = Math.min(top - before, tied.length);
    if (drawn <= 0) return 0;
    let missed = 1;
    for (let at = 0; at < drawn; at++) missed *= Math.max(0, tied.length - right - at) / (tied.length - at);
    return 1 - missed;
  };
  return [hit(1), hit(2), hit(3), hit(4), hit(5)];
}

/** Mean of top-1 to top-5 (Avg@5 of the literature). */
export function averageAt5(hits: readonly number[]): number {
  return hits.reduce((sum, hit) => sum + hit, 0) / 5;
}
