/** What a run has to show before its figures mean anything. */
export interface RunFacts {
  /** Series that the reader was asked for, and what it found in each of its rounds. */
  readonly seriesAsked: number;
  readonly rounds: readonly { readonly series: number; readonly points: number }[];
  /** Points that were acknowledged by remote-write, and those of them that stand in blocks at the end. */
  readonly acknowledgedPoints: number;
  readonly storedPoints: number;
  readonly failedRequests: number;
}

/** Why the figures of a run mean nothing, in words; none where they stand. */
export function findFaults(run: RunFacts): string[] {
  const faults: string[] = [];
  if (run.failedRequests > 0) faults.push(`${run.failedRequests} requests were answered with an error, or not at all.`);
  const fewest = Math.min(...run.rounds.map(({ series, points }) => (points === 0 ? 0 : series)));
  if (run.rounds.length === 0) faults.push("The reader never read.");
  else if (fewest < run.seriesAsked)
    faults.push(`The reader found ${fewest} of ${run.seriesAsked} series with values in the last hour of the load.`);
  if (run.storedPoints !== run.acknowledgedPoints)
    faults.push(`${run.acknowledgedPoints} points were acknowledged, and ${run.storedPoints} of them are stored.`);
  return faults;
}
