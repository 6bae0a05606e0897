import type { Calibration } from "./calibration.ts";
import type { DataSetName } from "./data-sets.ts";
import { type PublishedRow, published } from "./published.ts";
import type { BaselineScore } from "./run-baselines.ts";
import { describeRow, type ScenarioRow, scoreScenarios } from "./score-scenarios.ts";
import type { SetScore } from "./score-set.ts";
import { wilsonInterval } from "./wilson.ts";

export const share = (value: number | undefined): string => (value === undefined ? "–" : value.toFixed(2));
const within = (value: number, count: number) =>
  `(${wilsonInterval(value * count, count)
    .map((bound) => bound.toFixed(2))
    .join("–")})`;
const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

/** The Brier skill, or why there is none. */
const skill = ({ brierSkill }: Calibration) =>
  brierSkill === null
    ? "–: nearly all or nearly none are right, so the base rate alone is next to perfect"
    : share(brierSkill);

/** A public set beside the methods that others published or that were run again. */
export function renderSet(name: DataSetName, title: string, score: SetScore, again: readonly BaselineScore[]): string {
  const head = ["method", "top-1", "top-3", "top-5", "Avg@5", "where the figure is from"];
  const rows = [
    [
      "**Culprit**",
      `**${share(score.top1)}** ${within(score.top1, score.cases)}`,
      `**${share(score.top3)}** ${within(score.top3, score.cases)}`,
      share(score.top5),
      `**${share(score.avg5)}**`,
      `this run, ${score.cases} cases`,
    ],
    ...published[name].map((one) => [
      one.method,
      share(one.top1),
      share(one.top3),
      share(one.top5),
      share(one.avg5),
      one.source,
    ]),
    ...withoutWeaker(again, published[name]).map((one) => [
      one.name,
      share(one.top1),
      share(one.top3),
      share(one.top5),
      share(one.avg5),
      "`evals/src/baselines`, these cases",
    ]),
  ];
  const { calibration } = score;
  return [
    `### ${title}`,
    "",
    table(head, rows),
    "",
    `Blamed and right ${share(score.blamedRight)}, blamed and wrong ${share(score.falseBlame)}, inconclusive ${share(score.inconclusive)}; calibration error ${share(calibration.ece)}, Brier ${share(calibration.brier)} (skill ${skill(calibration)}); ${score.secondsMean.toFixed(3)} s a case, ${score.secondsMax.toFixed(3)} s the slowest.`,
    "",
    ...(score.misses.length === 0 ? [] : ["Not first:", "", ...score.misses.map((miss) => `- ${miss}`), ""]),
  ].join("\n");
}

/**
 * What was run again, without those for which a figure as good or better is published, to the two digits that are shown: code of our own gives every
 * method the same raw series, and a comparison with the weaker of two figures would be no honest one.
 */
export function withoutWeaker(
  again: readonly BaselineScore[],
  known: readonly PublishedRow[],
): readonly BaselineScore[] {
  const shown = (value: number) => Math.round(value * 100);
  const isWeaker = (own: BaselineScore, one: PublishedRow) => {
    const pairs = [
      [own.top1, one.top1],
      [own.top3, one.top3],
      [own.avg5, one.avg5],
    ].flatMap(([ours, theirs]) => (ours === undefined || theirs === undefined ? [] : [shown(ours) - shown(theirs)]));
    // By the first figure that tells them apart.
    return pairs.length > 0 && (pairs.find((difference) => difference !== 0) ?? 0) <= 0;
  };
  const isSame = (own: string, theirs: string) => own === theirs || own.startsWith(`${theirs} `);
  return again.filter((own) => !known.some((one) => isSame(own.name, one.method) && isWeaker(own, one)));
}

const notes = {
  otherMethods:
    "Other methods, in code of our own, on one run of each kind, that of the last split's first seed (component only; they name no change and never say that nothing is wrong).",
  inputs:
    "Each gets every metric series of every component as it was recorded, before and during the trouble, and who calls whom; no logs, no spans, no changes, and nobody chose metrics for them. On PetShop and Sock Shop the same code mostly stays below what the authors' code reaches, so take these as what the methods do unprepared, not as their best.",
  recovered:
    "In `herring-recovered` something outside failed for one to three minutes and is well again: naming it and naming nothing (inconclusive) both count as right, only naming something else is a false blame, and the run is not counted among those with a cause.",
} as const;

const kindsOf = (rows: readonly ScenarioRow[]) => [...new Set(rows.map(({ truth }) => truth.kind))];

/** The scenarios' figures by split, and by kind. */
export function renderScenarios(
  splits: readonly { readonly name: string; readonly rows: readonly ScenarioRow[] }[],
  again: readonly BaselineScore[],
): string {
  const summary = splits.map(({ name, rows }) => {
    const score = scoreScenarios(rows);
    return [
      name,
      `${score.runs} (${score.withCause})`,
      `**${share(score.causeTop1)}** ${within(score.causeTop1, score.withCause)}`,
      share(score.top1),
      share(score.top3),
      share(score.avg5),
      share(score.typeRight),
      share(score.changeRight),
      `**${share(score.falseBlame)}** ${within(score.falseBlame, score.quietRuns)}`,
      share(score.wrongBlame),
      share(score.blamedRightWithCause),
      share(score.blamedWrongWithCause),
      share(score.inconclusiveWithCause),
      `**${share(score.calibration.ece)}**`,
      score.calibration.brierSkill === null ? "–" : `**${share(score.calibration.brierSkill)}**`,
      `${score.secondsMean.toFixed(2)} / ${score.secondsMax.toFixed(2)}`,
    ];
  });
  const last = splits.at(-1)?.rows ?? [];
  const byKind = kindsOf(last).map((kind) => {
    const own = last.filter(({ truth }) => truth.kind === kind);
    const score = scoreScenarios(own);
    return [
      kind,
      own[0]?.truth.group.replace("_", " ") ?? "",
      String(own.length),
      score.withCause === 0 ? "–" : share(score.causeTop1),
      score.withCause === 0 ? "–" : share(score.top3),
      score.withCause === 0 ? "–" : share(score.typeRight),
      String(own.filter((one) => one.isFalseBlame).length),
      share(score.inconclusive),
      share(
        score.calibration.count === 0 ? 0 : own.reduce((sum, one) => sum + one.diagnosis.confidence, 0) / own.length,
      ),
    ];
  });
  const misses = last.filter(
    (one) => one.isFalseBlame || (one.truth.causes.length > 0 && !one.truth.mayBeNone && !one.isFirstRight),
  );
  return [
    table(
      [
        "split",
        "runs (with a cause)",
        "cause top-1",
        "top-1",
        "top-3",
        "Avg@5",
        "type right",
        "change right",
        "false blame (healthy, red herring)",
        "wrong blame (faults)",
        "blamed, right (with a cause)",
        "blamed, wrong (with a cause)",
        "inconclusive (with a cause)",
        "ECE",
        "Brier skill",
        "s mean / max",
      ],
      summary,
    ),
    "",
    inWords(splits.at(-1)?.name ?? "", last),
    "",
    ...(again.length === 0
      ? []
      : [
          `${notes.otherMethods} ${notes.inputs}`,
          "",
          table(
            ["method", "top-1", "top-3", "top-5", "Avg@5"],
            again.map((one) => [one.name, share(one.top1), share(one.top3), share(one.top5), share(one.avg5)]),
          ),
          "",
        ]),
    `By kind, ${splits.at(-1)?.name ?? ""}. ${notes.recovered}`,
    "",
    table(
      [
        "kind",
        "group",
        "runs",
        "cause top-1",
        "top-3",
        "type right",
        "false or wrong blame",
        "inconclusive",
        "mean confidence",
      ],
      byKind,
    ),
    "",
    `### Misses (${misses.length}), ${splits.at(-1)?.name ?? ""}`,
    "",
    ...misses.map((one) => `- ${describeRow(one)}`),
    "",
  ].join("\n");
}

/** How often it blames rightly, wrongly and nobody, and where it is surely wrong: the lines that others cite. */
function inWords(name: string, rows: readonly ScenarioRow[]): string {
  const score = scoreScenarios(rows);
  const unsure = rows.filter(
    ({ truth, diagnosis }) => truth.causes.length > 0 && !truth.mayBeNone && diagnosis.verdict === "inconclusive",
  );
  const percent = (value: number) => `${Math.round(100 * value)} %`;
  const isConfirmedWrong = (row: ScenarioRow) => row.isFalseBlame && row.diagnosis.verdict === "confirmed";
  const confirmed = kindsOf(rows).flatMap((kind) => {
    const own = rows.filter(({ truth }) => truth.kind === kind);
    const wrong = own.filter(isConfirmedWrong).length;
    return wrong === 0 ? [] : [`${kind} ${wrong} of ${own.length}`];
  });
  return [
    `Of the ${score.withCause} runs with a cause (${name}) ${percent(score.blamedRightWithCause)} are blamed and right, ${percent(score.blamedWrongWithCause)} blamed and wrong, ${percent(score.inconclusiveWithCause)} inconclusive;`,
    `of the ${unsure.length} inconclusive ones ${unsure.filter((row) => row.isFirstRight).length} name the right cause first, which cause top-1 counts and nobody is told to act on.`,
    `Called confirmed and wrong: ${confirmed.join(", ") || "none"}.`,
  ].join(" ");
}
