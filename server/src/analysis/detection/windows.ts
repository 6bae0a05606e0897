/** From `from` (included) to `to` (excluded). */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** The first place whose time is not before `time`; times are sorted. */
export function placeOf(times: ArrayLike<number>, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Number.NaN) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The values of a time, as a view of the series. */
export function valuesWithin(times: Float64Array, values: Float64Array, range: Range): Float64Array {
  return values.subarray(placeOf(times, range.from), placeOf(times, range.to));
}

/**
 * The time just before the trouble that the baseline does not hold, at most as long as the trouble itself; null where the baseline reaches
 * up to it. What was unusual there already, as after a slow drift since the baseline was taken, is not news of this trouble.
 */
export function leadIn(baseline: Range, incident: Range): Range | null {
  const from = incident.from - (incident.to - incident.from);
  const start = baseline.to <= incident.from ? Math.max(from, baseline.to) : from;
  return start < incident.from ? { from: start, to: incident.from } : null;
}
