import type { MetricKind } from "@culprit/contract";

/** Sorted columns of one series; `times` in milliseconds since 1970. */
export interface PointColumns {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Steps that hold a value, ascending: their beginnings, how many points are in each, and what they say. */
export interface Steps {
  readonly times: Float64Array;
  readonly counts: Int32Array;
  readonly mins: Float64Array;
  readonly maxs: Float64Array;
  readonly avgs: Float64Array;
}

const GAP_MS = 900_000;

/** How far apart two values of a counter may be for its growth to be known to have been then; so far before a window its points are read. */
export function lookbackMs(stepMs: number): number {
  return Math.max(GAP_MS, stepMs);
}

/**
 * The points of one series in steps of `stepMs`, aligned to multiples of it. A gauge gives the mean of its values. A counter gives its growth
 * a second: what it grew by from point to point, over the time that took, where a value below the last one is a counter that
 * started again at 0 (as Prometheus' `rate` reads it); a point before `fromMs` serves to know the first growth and is in no step, and after a gap longer than
 * `lookbackMs` it is not known. A delta gives
 * its sum over the length of the step. `mins` and `maxs` are of single points: of values, and of a counter's growths a second.
 */
export function stepSeries(
  kind: MetricKind,
  { times, values }: PointColumns,
  { fromMs, toMs, stepMs }: { readonly fromMs: number; readonly toMs: number; readonly stepMs: number },
): Steps {
  const steps = new StepColumns(times.length);
  const stepS = stepMs / 1000;
  const gapS = lookbackMs(stepMs) / 1000;
  for (let i = 0; i < times.length; i++) {
    const at = times[i] ?? 0;
    if (at < fromMs) continue;
    if (at >= toMs) break;
    const value = values[i] ?? Number.NaN;
    const step = Math.floor(at / stepMs) * stepMs;
    if (kind === "gauge") steps.add(step, value, value, 1);
    else if (kind === "delta") steps.add(step, value, value, stepS, true);
    else if (i > 0) {
      const before = values[i - 1] ?? 0;
      const seconds = (at - (times[i - 1] ?? 0)) / 1000;
      if (seconds > gapS) continue;
      const grown = value >= before ? value - before : value;
      steps.add(step, grown / seconds, grown, seconds);
    }
  }
  return steps.done();
}

/** Grows a step at a time; a mean is a sum over a weight. */
class StepColumns {
  readonly #times: Float64Array;
  readonly #counts: Int32Array;
  readonly #mins: Float64Array;
  readonly #maxs: Float64Array;
  readonly #avgs: Float64Array;
  #length = 0;
  #sum = 0;
  #weight = 0;

  constructor(lengthMax: number) {
    this.#times = new Float64Array(lengthMax);
    this.#counts = new Int32Array(lengthMax);
    this.#mins = new Float64Array(lengthMax);
    this.#maxs = new Float64Array(lengthMax);
    this.#avgs = new Float64Array(lengthMax);
  }

  add(step: number, value: number, amount: number, weight: number, isWeightOfStep = false): void {
    let at = this.#length - 1;
    if (at < 0 || this.#times[at] !== step) {
      at = this.#length++;
      this.#times[at] = step;
      this.#mins[at] = value;
      this.#maxs[at] = value;
      this.#sum = 0;
      this.#weight = 0;
    }
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    if (value < (this.#mins[at] ?? value)) this.#mins[at] = value;
    if (value > (this.#maxs[at] ?? value)) this.#maxs[at] = value;
    this.#sum += amount;
    this.#weight = isWeightOfStep ? weight : this.#weight + weight;
    this.#avgs[at] = this.#sum / this.#weight;
  }

  done(): Steps {
    const end = this.#length;
    return {
      times: this.#times.slice(0, end),
      counts: this.#counts.slice(0, end),
      mins: this.#mins.slice(0, end),
      maxs: this.#maxs.slice(0, end),
      avgs: this.#avgs.slice(0, end),
    };
  }
}

/** Pieces of one series as one: sorted by time, each time once (the first that stands there). */
export function joinPoints(pieces: readonly PointColumns[]): PointColumns {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1 && isAscending(only.times)) return only;
  const length = pieces.reduce((sum, { times }) => sum + times.length, 0);
  const times = new Float64Array(length);
  const values = new Float64Array(length);
  let end = 0;
  const sorted = [...pieces].sort((a, b) => (a.times[0] ?? 0) - (b.times[0] ?? 0));
  for (const piece of sorted) {
    times.set(piece.times, end);
    values.set(piece.values, end);
    end += piece.times.length;
  }
  return isAscending(times) ? { times, values } : sortPoints(times, values);
}

function isAscending(times: Float64Array): boolean {
  for (let i = 1; i < times.length; i++) if ((times[i] ?? 0) <= (times[i - 1] ?? 0)) return false;
  return true;
}

function sortPoints(times: Float64Array, values: Float64Array): PointColumns {
  const order = Uint32Array.from(times, (_, index) => index).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  const kept = order.filter((at, index) => index === 0 || times[at] !== times[order[index - 1] ?? 0]);
  return {
    times: Float64Array.from(kept, (at) => times[at] ?? 0),
    values: Float64Array.from(kept, (at) => values[at] ?? 0),
  };
}
