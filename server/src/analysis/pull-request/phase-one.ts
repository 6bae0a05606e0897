import { sensitiveAreaOf } from "./sensitive-paths.ts";

export const findingSeverities = ["low", "medium", "high", "critical"] as const;
export type FindingSeverity = (typeof findingSeverities)[number];

/** One finding of a reviewing tool, whoever made it. */
export interface Finding {
  readonly category: string;
  readonly severity: FindingSeverity;
  readonly title: string;
  readonly description: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly suggestion: string | null;
  readonly confidence: number;
  readonly tags: readonly string[];
  readonly source: "coderabbit" | "copilot" | "typescript_check";
}

export interface FindingsAnalysis {
  /** At or over the threshold, worst first. */
  readonly issuesFound: readonly Finding[];
  readonly belowThreshold: number;
  readonly shouldBlockMerge: boolean;
  /** Whether it is more than a quick fix: several files, or a structural category. */
  readonly isComplex: boolean;
  readonly affectedFiles: readonly string[];
  /** Key of each issue → the tool or team it suits, by category. */
  readonly assignments: Readonly<Record<string, string>>;
  readonly summary: string;
}

const rank = (severity: FindingSeverity) => findingSeverities.indexOf(severity);
const structural = new Set(["architecture", "refactoring", "design", "complexity", "migration"]);
const complexFiles = 5;

/**
 * Weighs the findings of reviewing tools: the same one said twice (file, line and title) counts once with the higher severity; a
 * merge is blocked by a critical one, by a type error, or by a high one in a sensitive path.
 */
export function analyzeFindings(findings: readonly Finding[], threshold: FindingSeverity): FindingsAnalysis {
  const distinct = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.file ?? ""}:${finding.line ?? ""}:${finding.title.toLowerCase()}`;
    const known = distinct.get(key);
    if (known === undefined || rank(finding.severity) > rank(known.severity)) distinct.set(key, finding);
  }
  const all = [...distinct.values()].sort(
    (a, b) =>
      rank(b.severity) - rank(a.severity) ||
      (a.file ?? "").localeCompare(b.file ?? "", "en") ||
      (a.line ?? 0) - (b.line ?? 0),
  );
  const issuesFound = all.filter(({ severity }) => rank(severity) >= rank(threshold));
  const affectedFiles = [...new Set(issuesFound.flatMap(({ file }) => file ?? []))].sort();
  const count = (severity: FindingSeverity) => issuesFound.filter((one) => one.severity === severity).length;
  const blocking = issuesFound.filter(isBlocking);
  return {
    issuesFound,
    belowThreshold: all.length - issuesFound.length,
    shouldBlockMerge: blocking.length > 0,
    isComplex:
      affectedFiles.length >= complexFiles ||
      issuesFound.some(({ category }) => structural.has(category.toLowerCase())),
    affectedFiles,
    assignments: Object.fromEntries(issuesFound.map((finding, index) => [`issue_${index + 1}`, assigneeOf(finding)])),
    summary:
      issuesFound.length === 0
        ? `No issues at or above ${threshold}.`
        : `${issuesFound.length} ${issuesFound.length === 1 ? "issue" : "issues"} in ${affectedFiles.length} ${affectedFiles.length === 1 ? "file" : "files"}: ${count("critical")} critical, ${count("high")} high, ${count("medium")} medium, ${count("low")} low.${blocking.length > 0 ? ` ${blocking.length} of them ${blocking.length === 1 ? "blocks" : "block"} the merge.` : ""}`,
  };
}

function isBlocking(finding: Finding): boolean {
  if (finding.severity === "critical" || finding.source === "typescript_check") return true;
  return finding.severity === "high" && finding.file !== null && sensitiveAreaOf(finding.file) !== null;
}

/** The tools of the document, by what they are for. */
function assigneeOf({ category, source }: Finding): string {
  const word = category.toLowerCase();
  if (/security|vulnerab|secret/.test(word)) return "snyk";
  if (/test|coverage/.test(word)) return "testim";
  if (/doc/.test(word)) return "promptless";
  if (/infra|deploy|reliab|availab|ops/.test(word)) return "azure_sre";
  return source === "typescript_check" || /type|bug|lint|style|performance/.test(word) ? "charlie" : "team";
}
