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
