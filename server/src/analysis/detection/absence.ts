/** How much of what a series should have said is missing. */
export interface Absence {
  /** Share of the expected points that are there, 0..1, in the baseline and in the incident. */
  readonly presentBefore: number;
  readonly presentNow: number;
  /**
   * How surprising the silence is, 0..1: one minus the likelihood of so few points at the baseline's own rate, 0 where as many as usual came.
   */
  readonly surprise: number;
}

/**
 * Absence of data as a signal: whoever spoke regularly and falls silent has stopped or lost its way out. Missing points are
 * counted against the series' own share of missing points (a Laplace-smoothed binomial tail), so that a series that only speaks now and then says nothing by silence.
 * @param expectedBefore points that even sampling would have given in the baseline; `presentBefore` of them came
 */
export function absenceOf(
  presentBefore: number,
  expectedBefore: number,
  presentNow: number,
  expectedNow: number,
): Absence {
  const rate = (Math.min(presentBefore, expectedBefore) + 1) / (expectedBefore + 2);
  const share = (count: number, of: number) => (of <= 0 ? 1 : Math.min(1, count / of));
  const before = share(presentBefore, expectedBefore);
  const now = share(presentNow, expectedNow);
  if (expectedNow <= 0 || now >= before) return { presentBefore: before, presentNow: now, surprise: 0 };
  return { presentBefore: before, presentNow: now, surprise: 1 - binomialTail(presentNow, expectedNow, rate) };
}

/** Probability of at most `hits` hits in `trials`. */
function binomialTail(hits: number, trials: number, rate: number): number {
  const count = Math.round(trials);
  let logTerm = count * Math.log(1 - rate);
  let sum = Math.exp(logTerm);
  for (let at = 1; at <= Math.min(hits, count); at += 1) {
    logTerm += Math.log((count - at + 1) / at) + Math.log(rate / (1 - rate));
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}
