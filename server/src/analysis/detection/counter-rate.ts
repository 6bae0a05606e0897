/** Points of a series: milliseconds, sorted, and as many values. */
export interface Points {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/**
 * A counter as its rate a second. A value below the one before means that the counter began again at zero, and what it shows is
 * all since then (as Prometheus' `rate`, without extrapolation). Missing values leave no hole in the sum: growth across a gap is spread over it. One point fewer than
 * finite values; points of one instant count once.
 */
export function rateOfCounter(times: ArrayLike<number>, values: ArrayLike<number>): Points {
  const outTimes: number[] = [];
  const rates: number[] = [];
  let lastTime: number | null = null;
  let last = 0;
  for (let at = 0; at < values.length; at += 1) {
    const time = times[at] ?? Number.NaN;
    const value = values[at] ?? Number.NaN;
    if (!Number.isFinite(value) || !Number.isFinite(time)) continue;
    if (lastTime !== null) {
      if (time <= lastTime) continue;
      const growth = value >= last ? value - last : value;
      outTimes.push(time);
      rates.push(growth / ((time - lastTime) / 1000));
    }
    lastTime = time;
    last = value;
  }
  return { times: Float64Array.from(outTimes), values: Float64Array.from(rates) };
}
