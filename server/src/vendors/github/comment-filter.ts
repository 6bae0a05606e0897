import type { CommentFilter } from "./settings.ts";

/** Accounts that act by themselves without GitHub calling them bots. */
const knownBots = new Set([
  "ghost",
  "web-flow",
  "github-actions",
  "dependabot",
  "dependabot-preview",
  "renovate",
  "renovate-bot",
  "coderabbitai",
  "copilot",
  "copilot-pull-request-reviewer",
  "codecov",
  "codecov-io",
  "codecov-commenter",
  "sonarcloud",
  "snyk-bot",
  "netlify",
  "vercel",
  "allcontributors",
  "stale",
  "mergify",
  "pre-commit-ci",
  "sweep-ai",
  "deepsource-io",
  "imgbot",
  "greenkeeper",
]);

/** Whether an account is a program. `type` is what GitHub says of it. */
export function isBot(login: string, type: string | null): boolean {
  return type === "Bot" || /\[bot\]$/i.test(login) || knownBots.has(login.toLowerCase());
}

export type Heard =
  /** `isNew`: the allow list would have to take them in. */
  { readonly isHeard: true; readonly isNew: boolean } | { readonly isHeard: false; readonly reason: string };

/** Whether the filter hears somebody. Pure; whether they may write to the repository is asked elsewhere. */
export function judgeCommenter(filter: CommentFilter, login: string): Heard {
  const has = (list: readonly string[]) => list.some((one) => one.toLowerCase() === login.toLowerCase());
  if (has(filter.deny)) return { isHeard: false, reason: `${login} is on the deny list of the comment filter.` };
  if (has(filter.allow)) return { isHeard: true, isNew: false };
  if (filter.auto_add) return { isHeard: true, isNew: true };
  return filter.allow.length === 0
    ? { isHeard: true, isNew: false }
    : { isHeard: false, reason: `${login} is not on the allow list of the comment filter.` };
}
