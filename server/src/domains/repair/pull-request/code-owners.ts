import { ownerRuleOf, parseCodeOwners } from "../../../analysis/change/code-owners.ts";

/**
 * The people and teams that a CODEOWNERS file names for any of the paths, as a forge takes them for reviewers: names without `@`;
 * e-mail addresses are left out, because no forge takes those.
 */
export function codeOwners(file: string, paths: readonly string[]): string[] {
  const rules = parseCodeOwners(file);
  const found = paths.flatMap((path) => ownerRuleOf(rules, path)?.owners ?? []);
  return [...new Set(found.flatMap((owner) => /^@([\w.-]+(?:\/[\w.-]+)*)$/.exec(owner)?.[1] ?? []))];
}
