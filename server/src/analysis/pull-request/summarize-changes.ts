import { asCode, asPlainText } from "./plain-text.ts";
import { riskOf } from "./risk-score.ts";
import { sizeLabelOf } from "./size-label.ts";

export interface ChangeFacts {
  readonly title: string;
  readonly body: string;
  readonly files: readonly {
    readonly path: string;
    readonly status: string;
    readonly additions: number;
    readonly deletions: number;
  }[];
  /** Subjects of the commits, oldest first; null where they can't be read. */
  readonly commits: readonly string[] | null;
}

export interface ChangeSummary {
  readonly markdown: string;
  readonly areas: readonly {
    readonly area: string;
    readonly files: number;
    readonly additions: number;
    readonly deletions: number;
  }[];
  readonly linesChanged: number;
  readonly size: string;
  readonly risk: ReturnType<typeof riskOf>;
  readonly linkedIssues: readonly number[];
}

const shownFiles = 8;
const shownAreas = 12;
const shownCommits = 20;

/** What a pull request changes, by area, with its size, its risk and the issues it says it closes. Plain counting. */
export function summarizeChanges(facts: ChangeFacts): ChangeSummary {
  const byArea = new Map<string, ChangeFacts["files"][number][]>();
  for (const file of facts.files) byArea.set(areaOf(file.path), [...(byArea.get(areaOf(file.path)) ?? []), file]);
  const areas = [...byArea]
    .map(([area, files]) => ({
      area,
      files: files.length,
      additions: sum(files, "additions"),
      deletions: sum(files, "deletions"),
    }))
    .sort((a, b) => b.additions + b.deletions - (a.additions + a.deletions) || (a.area < b.area ? -1 : 1));
  const linesChanged = sum(facts.files, "additions") + sum(facts.files, "deletions");
  const size = sizeLabelOf(linesChanged);
  const risk = riskOf({ files: facts.files, changeRequests: 0 });
  const linkedIssues = issuesIn(`${facts.title}\n${facts.body}`);
  const lines = [
    `### Summary: ${asPlainText(facts.title)}`,
    "",
    `${facts.files.length} ${facts.files.length === 1 ? "file" : "files"}, +${sum(facts.files, "additions")} −${sum(facts.files, "deletions")} · ${size} · risk ${risk.level} (${risk.score.toFixed(2)})`,
    "",
    "| area | files | + | − |",
    "|---|--:|--:|--:|",
    ...areas
      .slice(0, shownAreas)
      .map(({ area, files, additions, deletions }) => `| ${cell(area)} | ${files} | ${additions} | ${deletions} |`),
    ...(areas.length > shownAreas ? [`| … ${areas.length - shownAreas} more | | | |`] : []),
    "",
    "Largest changes:",
    ...largest(facts.files).map(
      (file) => `- ${asCode(file.path)} (${file.status}, +${file.additions} −${file.deletions})`,
    ),
    "",
    `Risk: ${risk.reasons.join("; ")}.`,
    ...(linkedIssues.length > 0 ? ["", `Closes ${linkedIssues.map((number) => `#${number}`).join(", ")}.`] : []),
    ...(facts.commits === null || facts.commits.length === 0
      ? []
      : [
          "",
          `Commits (${facts.commits.length}):`,
          ...facts.commits.slice(0, shownCommits).map((subject) => `- ${asPlainText(subject)}`),
        ]),
  ];
  return { markdown: lines.join("\n"), areas, linesChanged, size, risk, linkedIssues };
}

/** The first two folders of a path: enough to tell packages of a monorepo apart. */
export function areaOf(path: string): string {
  const folders = path.split("/").slice(0, -1);
  return folders.length === 0 ? "(root)" : folders.slice(0, 2).join("/");
}

/** Issues that a text says it closes, in the words that GitHub knows; `#7` alone is only a mention. */
export function issuesIn(text: string): number[] {
  const found = text.slice(0, 100_000).matchAll(/\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d{1,9})\b/gi);
  return [...new Set([...found].map((match) => Number(match[1])))];
}

function largest(files: ChangeFacts["files"]): ChangeFacts["files"] {
  return [...files].sort((a, b) => b.additions + b.deletions - (a.additions + a.deletions)).slice(0, shownFiles);
}

function sum(files: ChangeFacts["files"], key: "additions" | "deletions"): number {
  return files.reduce((total, file) => total + file[key], 0);
}

function cell(text: string): string {
  return asCode(text).replace(/\|/g, "\\|");
}
