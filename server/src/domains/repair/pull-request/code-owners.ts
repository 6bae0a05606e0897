/** Where forges look for it, in their order. */
export const codeOwnersPaths = [
  ".github/CODEOWNERS",
  "CODEOWNERS",
  "docs/CODEOWNERS",
  ".gitlab/CODEOWNERS",
  ".gitea/CODEOWNERS",
];

/**
 * The people and teams that a CODEOWNERS file names for any of the paths: of each path the last rule that matches it, as forges
 * do. Names without `@`; e-mail addresses are left out, because no forge takes them as reviewers.
 */
export function codeOwners(file: string, paths: readonly string[]): string[] {
  const rules = file.split("\n").flatMap((line) => {
    const [pattern, ...owners] = line
      .replace(/(^|\s)#.*$/, "")
      .trim()
      .split(/\s+/);
    return pattern === undefined || pattern === "" || /^\^?\[/.test(pattern)
      ? []
      : [{ matches: matcherOf(pattern), owners }];
  });
  const found = paths.flatMap((path) => rules.findLast(({ matches }) => matches.test(path))?.owners ?? []);
  return [...new Set(found.flatMap((owner) => /^@([\w.-]+(?:\/[\w.-]+)*)$/.exec(owner)?.[1] ?? []))];
}

/** The gitignore-like patterns of CODEOWNERS; a folder owns all below it. */
function matcherOf(pattern: string): RegExp {
  const isRooted = pattern.replace(/\/$/, "").includes("/");
  const source = pattern
    .replace(/^\//, "")
    .replace(/\/$/, "/**")
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => globs[part] ?? part.replace(/[.+^${}()|[\]\\]/g, "\\$&"))
    .join("");
  return new RegExp(`${isRooted ? "^" : "(?:^|/)"}${source}(?:$|/)`);
}

const globs: Readonly<Record<string, string>> = { "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]" };
