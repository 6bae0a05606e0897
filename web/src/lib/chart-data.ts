interface Point {
  readonly at: string;
  readonly count: number;
}

export interface ChartData {
  /** Starts of buckets in seconds since 1970, without gaps. */
  readonly startsS: readonly number[];
  readonly counts: readonly number[];
  readonly bucketS: number;
}

const bucketsMax = 2000;

/**
 * The series without gaps: buckets that nobody sent are zero, because a chart that joins distant points hides the
 * silence between them. At least `bucketsMin` buckets, so that a single bar does not fill the whole width; the room is made
 * before the first bar, because nothing is known of the time after the last.
 */
export function chartData(bucketS: number, points: readonly Point[], bucketsMin = 30): ChartData {
  const byStart = new Map<number, number>();
  for (const { at, count } of points) {
    const start = Math.floor(Date.parse(at) / 1000 / bucketS) * bucketS;
    byStart.set(start, (byStart.get(start) ?? 0) + count);
  }
  const known = [...byStart.keys()].sort((a, b) => a - b);
  const last = known.at(-1) ?? 0;
  const firstKnown = known[0] ?? 0;
  const span = Math.round((last - firstKnown) / bucketS) + 1;
  const padding = Math.max(2, bucketsMin - span - 1);
  const start = Math.max(firstKnown - padding * bucketS, last - bucketsMax * bucketS);
  const startsS: number[] = [];
  for (let at = start; at <= last + bucketS; at += bucketS) startsS.push(at);
  return { startsS, counts: startsS.map((at) => byStart.get(at) ?? 0), bucketS };
}

interface Mark {
  readonly started_at: string;
}

/**
 * Deployments near enough to stand in the chart, and those too far away to do so without squeezing the bars: a mark is
 * near when the window need not grow to more than twice its length to hold it.
 */
export function splitMarks<M extends Mark>(data: ChartData, marks: readonly M[]): { near: M[]; far: M[] } {
  const first = data.startsS[0] ?? 0;
  const end = (data.startsS.at(-1) ?? 0) + data.bucketS;
  const reach = end - first;
  const isNear = ({ started_at }: M) => {
    const at = Date.parse(started_at) / 1000;
    return at >= first - reach && at <= end + reach;
  };
  return { near: marks.filter(isNear), far: marks.filter((mark) => !isNear(mark)) };
}

/** The window in seconds that holds all bars and the marks given. */
export function chartWindow(data: ChartData, marks: readonly Mark[]): readonly [number, number] {
  const times = marks.map(({ started_at }) => Date.parse(started_at) / 1000);
  const first = data.startsS[0] ?? 0;
  const end = (data.startsS.at(-1) ?? 0) + data.bucketS;
  const low = Math.min(first, ...times);
  const high = Math.max(end, ...times);
  const margin = (high - low) * 0.03;
  return [low < first ? low - margin : first, high > end ? high + margin : end];
}
