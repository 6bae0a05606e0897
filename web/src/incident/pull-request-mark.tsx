import type { IncidentDetail, IncidentPullRequest, PullRequestOutcome } from "@culprit/contract";
import { checkWords, reviewWords, webAddress } from "../lib/pull-request-words.ts";

type PullRequest = IncidentDetail["pull_request"];

/** Whether there is a pull request, one that could be opened, or one that was tried for. */
export function hasPullRequestNews({ items, blocked, last_decision: last }: PullRequest): boolean {
  return items.length > 0 || blocked === null || last !== null;
}

/** How the pull request stands, in one line: the one that matters most, or what keeps it. */
export function PullRequestMark({ pullRequest }: { readonly pullRequest: PullRequest }) {
  const { items, last_decision: last } = pullRequest;
  const item = items.find(({ state }) => state === "open") ?? items.find(({ state }) => state === "merged");
  if (item !== undefined) return <Standing item={item} />;
  return (
    <>
      <a href="#pull-request" className="link font-semibold text-ink">
        {wordsOf(pullRequest)}
      </a>
      {last && (
        <span className="line-clamp-2" title={last.reason}>
          {last.reason}
        </span>
      )}
    </>
  );
}

/** Outcomes after which the patch waits as it did, but what was asked for did not come. */
const failures: readonly PullRequestOutcome[] = ["no_forge", "refused", "unreachable"];

function wordsOf({ blocked, outdated_reason: outdated, last_decision: last }: PullRequest): string {
  if (blocked !== null) return "None is open";
  if (outdated !== null) return "Of an earlier conclusion";
  return last !== null && failures.includes(last.outcome) ? "Could not be opened" : "Ready to be opened";
}

function Standing({ item: { name, url, state, checks, reviews } }: { readonly item: IncidentPullRequest }) {
  return (
    <>
      <a href={webAddress(url)} rel="noreferrer" target="_blank" className="link font-semibold text-ink">
        {name}
      </a>{" "}
      {state}
      {state === "open" && (
        <>
          , <span className={checks.state === "failure" ? "text-bad" : undefined}>{checkWords[checks.state]}</span>,{" "}
          <span className={reviews.state === "changes_requested" ? "text-bad" : undefined}>
            {reviewWords[reviews.state]}
          </span>
        </>
      )}{" "}
      <a href="#pull-request" className="link text-[0.8125rem]">
        more
      </a>
    </>
  );
}
