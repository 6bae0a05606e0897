import { type Stats, type StatsRate, type StatsStep, statsQuerySchema } from "@culprit/contract";
import { readFigures } from "../../../domains/repair/index.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command } from "../command.ts";
import { secondsText, tableText } from "../format.ts";

export const stats: Command = {
  name: "stats",
  summary:
    "Show what became of a project's incidents: rates of analysis, patches and proofs, and how long each step took.",
  flags: {
    ...projectFlag,
    days: { type: "string", doc: "Incidents that were opened in so many days; 30 unless said." },
    json: { type: "boolean", doc: "Print JSON." },
  },
  positionals: ["[PROJECT]"],
  async run(ctx, { flags, words: [named] }) {
    const { days } = statsQuerySchema.parse({ days: flags.days });
    const database = await ctx.openDatabase();
    const projectId = await chooseProject(database.db, flags.project ?? named);
    const figures = await readFigures(database.db, { projectId, days, now: new Date() });
    ctx.print(flags.json === true ? JSON.stringify(figures) : figuresText(figures));
    return 0;
  },
};

const rateWords: Readonly<Record<keyof Stats["rates"], string>> = {
  analysis: "analysed, of all",
  analysis_of_approved: "analysed, of approved",
  patch_application: "patch applies, of analysed",
  patches_applied: "patch applies, of patches",
  proof: "proven, of patches",
  merge: "merged, of pull requests",
};
const stepWords: Readonly<Record<StatsStep, string>> = {
  approved: "approved by the gate",
  diagnosed: "diagnosed",
  answered: "autopsy",
  proven: "patch proven",
  pull_request: "pull request",
  merged: "merged",
  resolved: "resolved",
};

function figuresText(figures: Stats): string[] {
  const { by_status, by_type, by_type_last_day, rates, steps } = figures;
  return [
    `${figures.incidents} incidents in ${figures.days} days: ${listText(by_status)}`,
    `by type        ${listText(by_type)}`,
    `last 24 hours  ${listText(by_type_last_day)}`,
    `last 7 days    ${figures.without_pull_request_last_week} without a pull request`,
    "",
    ...(Object.keys(rateWords) as (keyof Stats["rates"])[]).map(
      (name) => `${rateWords[name].padEnd(27)} ${rateText(rates[name])}`,
    ),
    "",
    ...tableText(
      ["from the first signal to", " incidents", " median", " p95"],
      steps.map(({ step, incidents, median_s, p95_s }) => [
        ...[stepWords[step], String(incidents)],
        ...[median_s, p95_s].map((one) => (one === null ? "" : secondsText(one))),
      ]),
    ),
  ];
}

function listText(counts: Readonly<Record<string, number>>): string {
  const all = Object.entries(counts).filter(([, count]) => count > 0);
  return all.length === 0 ? "none" : all.map(([name, count]) => `${count} ${name}`).join(", ");
}

function rateText({ count, of, percent }: StatsRate): string {
  return percent === null ? "none yet" : `${percent} % (${count} of ${of})`;
}
