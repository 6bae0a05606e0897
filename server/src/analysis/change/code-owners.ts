/** One line of a CODEOWNERS file. */
export interface OwnerRule {
  readonly pattern: string;
  /** `@person`, `@organisation/team` or an e-mail address; none means that nobody owns it. */
  readonly owners: readonly string[];
  readonly line: number;
}

const RULES_MAX = 5_000;

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

const compiled = new Map<string, RegExp>();
const COMPILED_MAX = 2_000;

/**
 * Whether a path lies under a pattern of .gitignore's kind: `/` at the start or in the middle binds it to the root, `/` at the end means a folder with
 * all in it, `*` stays within one folder, `**` does not. A plain name matches at any depth.
 * @source https://git-scm.com/docs/gitignore, pattern format; no negation, no character classes, as CODEOWNERS have none
 */
export function matchesPath(pattern: string, path: string): boolean {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    expression = new RegExp(sourceOf(pattern));
    if (compiled.size >= COMPILED_MAX) compiled.clear();
    compiled.set(pattern, expression);
  }
  return expression.test(path);
}

function sourceOf(pattern: string): string {
  const isBound = pattern.replace(/\/$/, "").includes("/");
  const body = pattern
    .replace(/^\//, "")
    .split(/(\*\*\/|\/\*\*$|\*\*|\*|\?)/)
    .map((part) => {
      if (part === "**/") return "(?:[^/]+/)*";
      if (part === "/**") return "/.+";
      if (part === "**") return ".*";
      if (part === "*") return "[^/]*";
      if (part === "?") return "[^/]";
      return part.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    })
    .join("");
  // A star at the end names files of that folder only; a plain name may be a folder, with all in it.
  const tail = pattern.endsWith("/") ? ".+" : /(?:^|\/)\*$/.test(pattern) ? "" : "(?:/.*)?";
  return `^${isBound ? "" : "(?:.*/)?"}${body}${tail}$`;
}
