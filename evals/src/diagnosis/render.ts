import type { DataSetName } from "./data-sets.ts";
import { published } from "./published.ts";
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
    ...again.map((one) => [
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
    `Wrong cause blamed ${share(score.falseBlame)}, inconclusive ${share(score.inconclusive)}; calibration error ${share(calibration.ece)}, Brier ${share(calibration.brier)} (skill ${share(calibration.brierSkill)}); ${score.secondsMean.toFixed(3)} s a case, ${score.secondsMax.toFixed(3)} s the slowest.`,
    "",
    ...(score.misses.length === 0 ? [] : ["Not first:", "", ...score.misses.map((miss) => `- ${miss}`), ""]),
  ].join("\n");
}

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
      share(score.inconclusiveWithCause),
      `**${share(score.calibration.ece)}**`,
      `**${share(score.calibration.brierSkill)}**`,
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
        "inconclusive (with a cause)",
        "ECE",
        "Brier skill",
        "s mean / max",
      ],
      summary,
    ),
    "",
    ...(again.length === 0
      ? []
      : [
          "Other methods on the metrics of the last split's first seed (component only; they name no change and never say that nothing is wrong):",
          "",
          table(
            ["method", "top-1", "top-3", "top-5", "Avg@5"],
            again.map((one) => [one.name, share(one.top1), share(one.top3), share(one.top5), share(one.avg5)]),
          ),
          "",
        ]),
    `By kind, ${splits.at(-1)?.name ?? ""}:`,
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
    `### Misses of ${splits.at(-1)?.name ?? ""} (${misses.length})`,
    "",
    ...misses.map((one) => `- ${describeRow(one)}`),
    "",
  ].join("\n");
}
