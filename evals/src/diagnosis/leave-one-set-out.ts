import { type Calibration, type Claim, calibrate } from "./calibration.ts";

const rounds = 400;
const rate = 0.3;
/** Pulls towards leaving the confidence as it is, so that small sets don't bend it. */
const pull = 0.02;

const logit = (share: number) => Math.log(share / (1 - share));
const clamp = (share: number) => Math.min(0.995, Math.max(0.005, share));

/** Fits `1 / (1 + exp(-(a + b logit(confidence))))` (Platt 1999) by gradient descent; each set weighs the same, whatever its size. */
export function fitPlatt(sets: readonly (readonly Claim[])[]): (confidence: number) => number {
  let [a, b] = [0, 1];
  const filled = sets.filter((claims) => claims.length > 0);
  for (let round = 0; round < rounds; round++) {
    let [da, db] = [pull * a, pull * (b - 1)];
    for (const claims of filled)
      for (const { confidence, isRight } of claims) {
        const x = logit(clamp(confidence));
        const off = (1 / (1 + Math.exp(-(a + b * x))) - Number(isRight)) / (claims.length * filled.length);
        da += off;
        db += off * x;
      }
    a -= rate * da;
    b -= rate * db;
  }
  return (confidence) => 1 / (1 + Math.exp(-(a + b * logit(clamp(confidence)))));
}

/** For each set: its calibration as it is, and when the confidence was fitted once more on all the others. */
export function leaveOneSetOut(
  sets: readonly { readonly name: string; readonly claims: readonly Claim[] }[],
): { readonly name: string; readonly asIs: Calibration; readonly fittedOnOthers: Calibration }[] {
  return sets
    .filter(({ claims }) => claims.length > 0)
    .map(({ name, claims }) => {
      const fit = fitPlatt(sets.filter((one) => one.name !== name).map((one) => one.claims));
      return {
        name,
        asIs: calibrate(claims),
        fittedOnOthers: calibrate(claims.map((claim) => ({ ...claim, confidence: fit(claim.confidence) }))),
      };
    });
}
