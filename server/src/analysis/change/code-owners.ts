import { matchesPath } from "./match-pattern.ts";

/** One line of a CODEOWNERS file. */
export interface OwnerRule {
  readonly pattern: string;
  /** `@person`, `@organisation/team` or an e-mail address; none means that nobody owns it. */
  readonly owners: readonly string[];
  readonly line: number;
}

const RULES_MAX = 5_000;

/** Where forges look for the file, in their order. */
export const codeOwnersPaths = [
  ".github/CODEOWNERS",
  "CODEOWNERS",
  "docs/CODEOWNERS",
  ".gitlab/CODEOWNERS",
  ".gitea/CODEOWNERS",
];

/**
 * Reads a CODEOWNERS file as GitHub, GitLab and Gitea document it: one pattern and its owners a line, `#` begins a comment, sections of GitLab
 * (`[name]`, `^[name]`) are passed over. Never throws: a line without a pattern is skipped.
 */
export function parseCodeOwners(text: string): OwnerRule[] {
  const rules: OwnerRule[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (rules.length === RULES_MAX) break;
    const line = raw.replace(/(?<!\\)#.*$/, "").trim();
    if (line === "" || /^\^?\[/.test(line)) continue;
    const [pattern = "", ...owners] = line.split(/(?<!\\)\s+/).map((word) => word.replace(/\\([\s#])/g, "$1"));
    rules.push({ pattern, owners: owners.filter((owner) => owner.includes("@")), line: index + 1 });
  }
  return rules;
}

/** The rule that holds for a path: the last one that matches, as all forges have it; null where none does. */
export function ownerRuleOf(rules: readonly OwnerRule[], path: string): OwnerRule | null {
  return rules.findLast((rule) => matchesPath(rule.pattern, path)) ?? null;
}
