import type { CaseDiagnosis } from "@culprit/contract";
import { type Calibration, type Claim, calibrate } from "./calibration.ts";
import type { DataSet, RankedCase } from "./data-sets.ts";
import { averageAt5, hitsWithin } from "./rank.ts";

export interface SetScore {
  readonly cases: number;
  readonly top1: number;
  readonly top3: number;
  readonly top5: number;
  readonly avg5: number;
  readonly inconclusive: number;
  /** Right causes blamed with the verdict confirmed or likely, of all cases. */
  readonly blamedRight: number;
  /** Wrong causes blamed with the verdict confirmed or likely, of all cases. */
  readonly falseBlame: number;
  readonly calibration: Calibration;
  readonly claims: readonly Claim[];
  readonly secondsMean: number;
  readonly secondsMax: number;
  readonly misses: readonly string[];
}

/** Each component once, by its best cause: a list may hold several causes of one. */
export function byComponent(diagnosis: CaseDiagnosis): { service: string; score: number }[] {
  const best = new Map<string, number>();
  for (const cause of diagnosis.causes)
    if (cause.service !== null)
      best.set(cause.service, Math.max(best.get(cause.service) ?? Number.NEGATIVE_INFINITY, cause.score));
  return [...best].map(([service, score]) => ({ service, score }));
}

/** How a set of ranked cases came out; ties count by their expected rank. */
export function scoreSet(set: DataSet, diagnoses: readonly CaseDiagnosis[]): SetScore {
  const rows = set.cases.flatMap((one, at) => {
    const diagnosis = diagnoses[at];
    return diagnosis === undefined ? [] : [scoreCase(one, diagnosis)];
  });
  const mean = (values: readonly number[]) =>
    values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
  const claims = rows.map((row) => ({ confidence: row.confidence, isRight: row.isFirstRight }));
  return {
    cases: rows.length,
    top1: mean(rows.map((row) => row.hits[0])),
    top3: mean(rows.map((row) => row.hits[2])),
    top5: mean(rows.map((row) => row.hits[4])),
    avg5: mean(rows.map((row) => averageAt5(row.hits))),
    inconclusive: mean(rows.map((row) => Number(row.verdict === "inconclusive"))),
    blamedRight: mean(rows.map((row) => Number(row.verdict !== "inconclusive" && row.isFirstRight))),
    falseBlame: mean(rows.map((row) => Number(row.verdict !== "inconclusive" && !row.isFirstRight))),
    calibration: calibrate(claims),
    claims,
    secondsMean: mean(rows.map((row) => row.seconds)),
    secondsMax: Math.max(0, ...rows.map((row) => row.seconds)),
    misses: rows.flatMap((row) => (row.hits[0] === 1 ? [] : [row.text])),
  };
}

function scoreCase(one: RankedCase, diagnosis: CaseDiagnosis) {
  const ranked = byComponent(diagnosis);
  const isRight = (service: string) => one.services.includes(service);
  const hits = hitsWithin(ranked.map(({ service, score }) => ({ score, isRight: isRight(service) })));
  const [first] = diagnosis.causes;
  const shown = ranked.slice(0, 3).map(({ service, score }) => `${service} ${score.toFixed(2)}`);
  return {
    hits,
    verdict: diagnosis.verdict,
    confidence: diagnosis.confidence,
    seconds: diagnosis.seconds,
    isFirstRight: first?.service !== undefined && first.service !== null && isRight(first.service),
    text: `${one.id} (${one.kind}): ${one.services.join(" or ")} at ${hits[0].toFixed(2)}/${hits[2].toFixed(2)}/${hits[4].toFixed(2)}; said ${shown.join(", ") || "nothing"}`,
  };
}
