import type { ForgeKind } from "../../integration/index.ts";

/** What a forge calls one of its pull requests: GitLab counts merge requests apart from issues and marks them by `!`. */
export function namePullRequest(forge: ForgeKind, repository: string, number: number | string): string {
  return `${repository}${forge === "gitlab" ? "!" : "#"}${number}`;
}

/** The same at the beginning of a sentence, with what it is: `Merge request acme/shop!7`. */
export function describePullRequest(forge: ForgeKind, repository: string, number: number): string {
  const word = pullRequestWord(forge);
  return `${word.charAt(0).toUpperCase()}${word.slice(1)} ${namePullRequest(forge, repository, number)}`;
}

/** What a forge calls all of them. */
export function pullRequestWord(forge: ForgeKind): "pull request" | "merge request" {
  return forge === "gitlab" ? "merge request" : "pull request";
}
