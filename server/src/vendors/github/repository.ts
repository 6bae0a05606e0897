import { CulpritError } from "../../platform/errors/culprit-error.ts";

export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

/** @throws CulpritError INVALID_REQUEST for what is no `owner/name`. */
export function parseRepository(fullName: string): Repository {
  const [, owner, repo] = /^([A-Za-z0-9][A-Za-z0-9-]*)\/([A-Za-z0-9._-]+)$/.exec(fullName) ?? [];
  if (owner === undefined || repo === undefined || repo === "." || repo === "..") {
    throw new CulpritError(
      "INVALID_REQUEST",
      `${JSON.stringify(fullName.slice(0, 200))} is no repository of GitHub. Write owner/name.`,
      { details: { field: "repository", provided: fullName.slice(0, 200) } },
    );
  }
  return { owner, repo };
}

/** Who wrote something, as our ports say it. A deleted account is `ghost`, as GitHub shows it. */
export function fromGitHub(user: { readonly login: string; readonly type?: string } | null | undefined): {
  readonly author: string;
  readonly isBot: boolean;
} {
  const author = user?.login ?? "ghost";
  return { author, isBot: user?.type === "Bot" || author.endsWith("[bot]") };
}
