/** One answer: how sure it was, and whether it was right. */
export interface Claim {
  readonly confidence: number;
  readonly isRight: boolean;
}

export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly meanConfidence: number;
  readonly rightShare: number;
}

export interface Calibration {
  readonly count: number;
  /** Expected calibration error in ten bins of equal width (Naeini et al. 2015). */
  readonly ece: number;
  /** Mean squared error of the confidence (Brier 1950). */
  readonly brier: number;
  /**
   * 1 - Brier / Brier of always saying the base rate; 0 is no better than that, 1 is perfect. Null where nearly all or nearly no answers are right: always saying so
   * is then next to perfect, and what is left to divide by is chance.
   */
  readonly brierSkill: number | null;
  readonly bins: readonly ReliabilityBin[];
}

/** Whether always saying the base rate would leave hardly anything to be better at. */
const isExtreme = (base: number) => base < 0.05 || base > 0.95;

export function calibrate(claims: readonly Claim[]): Calibration {
  const count = claims.length;
  const rights = claims.filter((claim) => claim.isRight).length;
  const base = count === 0 ? 0 : rights / count;
  const brier =
    count === 0 ? 0 : claims.reduce((sum, claim) => sum + (claim.confidence - Number(claim.isRight)) ** 2, 0) / count;
  const reference = base * (1 - base);
  const bins = Array.from({ length: 10 }, (_, at): ReliabilityBin => {
    const own = claims.filter((claim) => Math.min(9, Math.floor(claim.confidence * 10)) === at);
    const mean = (values: readonly number[]) =>
      values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
    return {
      from: at / 10,
      to: (at + 1) / 10,
      count: own.length,
      meanConfidence: mean(own.map((claim) => claim.confidence)),
      rightShare: mean(own.map((claim) => Number(claim.isRight))),
    };
  });
  const ece =
    count === 0
      ? 0
      : bins.reduce((sum, bin) => sum + (bin.count / count) * Math.abs(bin.meanConfidence - bin.rightShare), 0);
  return { count, ece, brier, brierSkill: isExtreme(base) ? null : 1 - brier / reference, bins };
}
