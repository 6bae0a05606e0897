/**
 * The scale on which a series is compared, so that a shift means the same at every level: `log` for what is never below zero and
 * grows by factors (latencies, rates, bytes), `logit` for shares of one, whose spread vanishes at both ends, `arcsine` for shares of one out of
 * n trials, where the spread is 1/(2 sqrt n) at any level (Anscombe 1948), `identity` for all else.
 */
export type Transform = "identity" | "log" | "logit" | "arcsine";

/** What `transform` needs to know of the series: the smallest step that its values can tell apart. */
export interface TransformScale {
  readonly transform: Transform;
  /** Added before the logarithm, or the distance kept from 0 and 1, so that 0 has a place on the scale. */
  readonly offset: number;
}

const SHARE_OFFSET_MIN = 1e-4;

/**
 * The scale of a series out of its baseline (sorted, finite). A started logarithm (Tukey 1977; Bartlett 1947): zero lies one
 * offset below everything, and the offset is a twentieth of the median of what is not zero, so that noise next to zero is not blown up to factors. A
 * share keeps half an observation away from 0 and 1 (Haldane 1956; Anscombe 1956), since "never failed in n" is no proof of "never fails".
 * Values that do not fit (below zero, or a share above one) fall back to `identity`.
 */
export function scaleFor(transform: Transform, sorted: ArrayLike<number>): TransformScale {
  const low = sorted[0] ?? 0;
  const high = sorted[sorted.length - 1] ?? 0;
  if (transform === "identity" || low < 0) return { transform: "identity", offset: 0 };
  if (transform === "arcsine") return { transform: high > 1 ? "identity" : "arcsine", offset: 0 };
  if (transform === "logit") {
    if (high > 1) return { transform: "identity", offset: 0 };
    return { transform, offset: Math.max(SHARE_OFFSET_MIN, 0.5 / (sorted.length + 1)) };
  }
  let zeros = 0;
  while (zeros < sorted.length && sorted[zeros] === 0) zeros += 1;
  const positive = sorted.length - zeros;
  if (positive === 0) return { transform, offset: 1 };
  const middle = sorted[zeros + (positive >> 1)] ?? 1;
  return { transform, offset: middle / 20 };
}

/** `value` on the scale; NaN stays NaN. A value that no share or size can have is taken as the nearest that can. */
export function onScale(scale: TransformScale, value: number): number {
  switch (scale.transform) {
    case "identity":
      return value;
    case "log":
      return Math.log(Math.max(value, 0) + scale.offset);
    case "arcsine":
      return Math.asin(Math.sqrt(Math.min(Math.max(value, 0), 1)));
    case "logit": {
      const share = Math.min(Math.max(value, 0), 1) * (1 - 2 * scale.offset) + scale.offset;
      return Math.log(share / (1 - share));
    }
  }
}

/** All `values` on the scale. */
export function allOnScale(scale: TransformScale, values: ArrayLike<number>): Float64Array {
  const out = new Float64Array(values.length);
  for (let at = 0; at < values.length; at += 1) out[at] = onScale(scale, values[at] ?? Number.NaN);
  return out;
}
