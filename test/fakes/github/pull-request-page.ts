import type { FakeGitHubState } from "./state.ts";

/** The page of a pull request for people who follow its link: what was asked for, as text. Null where there is none at the path. */
export function pullRequestPage(state: FakeGitHubState, pathname: string): string | null {
  const [, fullName = "", number] = /^\/([^/]+\/[^/]+)\/pull\/(\d+)$/.exec(pathname) ?? [];
  const issue = state.repository(fullName)?.issues.get(Number(number));
  const pull = issue?.pull;
  if (issue === undefined || pull == null) return null;
  const name = asText(`${fullName}#${issue.number}`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${name} ${asText(issue.title)}</title>
<style>body { max-width: 80ch; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui; } pre { white-space: pre-wrap; overflow-wrap: anywhere; }</style>
<p><strong>The demo's fake forge.</strong> It stands in for GitHub on this machine and ends with the demo; nothing was sent anywhere.</p>
<h1>${asText(issue.title)}</h1>
<p>${name}, ${pull.mergedAt == null ? asText(issue.state) : "merged"}: <code>${asText(pull.head)}</code> into <code>${asText(pull.base)}</code>, by ${asText(issue.author.login)}</p>
<pre>${asText(issue.body ?? "")}</pre>
</html>
`;
}

function asText(text: string): string {
  const signs: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (sign) => signs[sign] ?? sign);
}
