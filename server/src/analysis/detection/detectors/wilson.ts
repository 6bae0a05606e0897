/** One-sided 95 %. */
const Z = 1.645;

/**
 * The least share that `hits` of `trials` can vouch for: the lower bound of Wilson's score interval (Wilson 1927; Brown, Cai and
 * DasGupta 2001), so that one error in three requests is no error rate of a third. 0 without trials.
 */
export function wilsonLower(hits: number, trials: number): number {
  if (trials <= 0) return 0;
  const share = Math.min(1, hits / trials);
  const z2 = Z * Z;
  const middle = share + z2 / (2 * trials);
  const spread = Z * Math.sqrt((share * (1 - share) + z2 / (4 * trials)) / trials);
  return Math.max(0, (middle - spread) / (1 + z2 / trials));
}
