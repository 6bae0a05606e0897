import type { CaseDiagnosis } from "@culprit/contract";
import type { Truth } from "../scenarios/fault.ts";
import { type Calibration, type Claim, calibrate } from "./calibration.ts";
import { averageAt5, hitsWithin } from "./rank.ts";
import { byComponent } from "./score-set.ts";

/** How one scenario came out. */
export interface ScenarioRow {
  readonly truth: Truth;
  readonly diagnosis: CaseDiagnosis;
  /** Tie-adjusted shares of top-1 to top-5 of the component, where something is to be found. */
  readonly hits: readonly [number, number, number, number, number];
  /** The first cause names a right component, and no change but the right one. */
  readonly isFirstRight: boolean;
  readonly isTypeRight: boolean;
  /** A guilty change is named by the first cause, where there is one; null where there is none. */
  readonly isChangeRight: boolean | null;
  /** Confirmed or likely, and wrong. */
  readonly isFalseBlame: boolean;
}

export function scoreScenario(truth: Truth, diagnosis: CaseDiagnosis): ScenarioRow {
  const components = new Set(truth.causes.map((cause) => cause.component));
  const [first] = diagnosis.causes;
  const hits = hitsWithin(
    byComponent(diagnosis).map(({ service, score }) => ({ score, isRight: components.has(service) })),
  );
  const named = first === undefined ? [] : truth.causes.filter((cause) => cause.component === first.service);
  const guilty = truth.causes.flatMap((cause) => (cause.changeId === null ? [] : [cause.changeId]));
  const blamed = first?.change_id ?? null;
  const isBlameOfChangeRight = blamed === null || guilty.includes(blamed);
  const isFirstRight = named.length > 0 && isBlameOfChangeRight;
  return {
    truth,
    diagnosis,
    hits,
    isFirstRight,
    isTypeRight: named.some((cause) => first !== undefined && (cause.types as readonly string[]).includes(first.type)),
    isChangeRight: guilty.length === 0 ? null : blamed !== null && guilty.includes(blamed),
    isFalseBlame: diagnosis.verdict !== "inconclusive" && !isFirstRight,
  };
}

export interface ScenarioScore {
  readonly runs: number;
  /** Runs in which there is a cause to be found. */
  readonly withCause: number;
  readonly top1: number;
  readonly top3: number;
  readonly top5: number;
  readonly avg5: number;
  /** Component right, no wrong change blamed. */
  readonly causeTop1: number;
  readonly typeRight: number;
  readonly changeRight: number;
  /** Of healthy and red-herring runs. */
  readonly quietRuns: number;
  readonly falseBlame: number;
  /** Of runs with a fault and no herring: the wrong one blamed. */
  readonly wrongBlame: number;
  readonly inconclusive: number;
  /** Of runs with a cause: nothing is blamed. */
  readonly inconclusiveWithCause: number;
  /** Of runs with a cause: confirmed or likely, and right; and wrong. With those that are inconclusive they make 1. */
  readonly blamedRightWithCause: number;
  readonly blamedWrongWithCause: number;
  readonly calibration: Calibration;
  readonly secondsMean: number;
  readonly secondsMax: number;
}

/** How sure the first cause was, and whether it was right; where nothing is wrong nothing is right. */
export function claimOf({ diagnosis, isFirstRight }: ScenarioRow): Claim {
  return { confidence: diagnosis.confidence, isRight: isFirstRight };
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;

/** The figures of a set of scenarios. A run where nothing is wrong has no right cause: its confidence should be low. */
export function scoreScenarios(rows: readonly ScenarioRow[]): ScenarioScore {
  const isQuiet = ({ truth }: ScenarioRow) => truth.group === "healthy" || truth.group === "red_herring";
  // Where blaming nothing is right as well, the rank is not asked for.
  const withCause = rows.filter(({ truth }) => truth.causes.length > 0 && !truth.mayBeNone);
  const quiet = rows.filter(isQuiet);
  const faults = rows.filter((row) => !isQuiet(row));
  const share = (own: readonly ScenarioRow[], is: (row: ScenarioRow) => boolean) =>
    mean(own.map((row) => Number(is(row))));
  const changes = rows.filter((row) => row.isChangeRight !== null);
  const seconds = rows.map((row) => row.diagnosis.seconds);
  return {
    runs: rows.length,
    withCause: withCause.length,
    top1: mean(withCause.map((row) => row.hits[0])),
    top3: mean(withCause.map((row) => row.hits[2])),
    top5: mean(withCause.map((row) => row.hits[4])),
    avg5: mean(withCause.map((row) => averageAt5(row.hits))),
    causeTop1: share(withCause, (row) => row.isFirstRight),
    typeRight: share(withCause, (row) => row.isTypeRight),
    changeRight: share(changes, (row) => row.isChangeRight === true),
    quietRuns: quiet.length,
    falseBlame: share(quiet, (row) => row.isFalseBlame),
    wrongBlame: share(faults, (row) => row.isFalseBlame),
    inconclusive: share(rows, (row) => row.diagnosis.verdict === "inconclusive"),
    inconclusiveWithCause: share(withCause, (row) => row.diagnosis.verdict === "inconclusive"),
    blamedRightWithCause: share(withCause, (row) => row.diagnosis.verdict !== "inconclusive" && row.isFirstRight),
    blamedWrongWithCause: share(withCause, (row) => row.isFalseBlame),
    calibration: calibrate(rows.map(claimOf)),
    secondsMean: mean(seconds),
    secondsMax: Math.max(0, ...seconds),
  };
}

/** One run in words, for lists of misses. */
export function describeRow({ truth, diagnosis, isFalseBlame }: ScenarioRow): string {
  const wanted = truth.causes
    .slice(0, 3)
    .map(
      (cause) => `${cause.component} [${cause.types.join("/")}]${cause.changeId === null ? "" : ` ${cause.changeId}`}`,
    );
  const said = diagnosis.causes
    .slice(0, 3)
    .map(
      (cause) =>
        `${cause.service} ${cause.type} ${cause.confidence.toFixed(2)}${cause.change_id ? ` ${cause.change_id}` : ""}`,
    );
  return `${truth.kind} #${truth.seed}${isFalseBlame ? " FALSE BLAME" : ""}: wanted ${wanted.join(" or ") || "nothing"}; ${diagnosis.verdict}: ${said.join(" | ") || "nothing"}`;
}
