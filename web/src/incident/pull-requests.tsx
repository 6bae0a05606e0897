import type { IncidentDetail, IncidentPullRequest } from "@culprit/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { askForPullRequest } from "../api/pull-request-requests.ts";
import { checkWords, reviewWords, webAddress } from "../lib/pull-request-words.ts";
import { Button } from "../ui/button.tsx";
import { Tag } from "../ui/chips.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Section } from "../ui/section.tsx";
import { Sha } from "../ui/sha.tsx";
import { Time } from "../ui/time.tsx";

/** The pull requests for an incident, how they stand, and the button that asks for one; or why there is none. */
export function PullRequests({ incident }: { readonly incident: IncidentDetail }) {
  const { items, last_decision: last, blocked, mode, outdated_reason: outdated } = incident.pull_request;
  const [isConfirming, setIsConfirming] = useState(false);
  const client = useQueryClient();
  const ask = useMutation({
    mutationFn: () => askForPullRequest(incident.id, outdated !== null),
    onSettled: () => client.invalidateQueries({ queryKey: ["incident", incident.id] }),
  });
  const confirm = () => {
    setIsConfirming(false);
    ask.mutate();
  };
  const hasOpen = items.some(({ state }) => state === "open");
  return (
    <Section
      id="pull-request"
      title="Pull request"
      aside={
        <>
          <Tag title={modeMeanings[mode]}>{mode}</Tag>
          {blocked === null && (
            <span className="ml-auto">
              <Button
                look={outdated === null ? "solid" : "plain"}
                disabled={ask.isPending || isConfirming}
                onClick={() => (outdated === null ? ask.mutate() : setIsConfirming(true))}
              >
                {ask.isPending ? "Asking…" : "Open pull request"}
              </Button>
            </span>
          )}
        </>
      }
    >
      {blocked === null && outdated !== null && (
        <p role="note" className="mb-2 max-w-[80ch] font-medium">
          {outdated}
        </p>
      )}
      {isConfirming && (
        <p className="mb-2 flex flex-wrap gap-2">
          <Button look="danger" onClick={confirm}>
            Open it all the same
          </Button>
          <Button onClick={() => setIsConfirming(false)}>Leave it</Button>
        </p>
      )}
      {ask.error && <FailureNote error={ask.error} title="It could not be asked for." />}
      {ask.isSuccess && !hasOpen && (
        <p role="status" className="mb-2 text-ink-2">
          Asked for; what becomes of it shows here in a moment.
        </p>
      )}
      {items.length > 0 && (
        <ul className="overflow-hidden rounded-lg border border-line bg-panel">
          {items.map((item) => (
            <PullRequestRow key={item.id} item={item} />
          ))}
        </ul>
      )}
      {last !== null && !(hasOpen && (last.outcome === "opened" || last.outcome === "already_open")) && (
        <p className="mt-2 max-w-[80ch] text-ink-2 [overflow-wrap:anywhere]">
          {last.reason}{" "}
          <span className="text-xs text-ink-3">
            {last.asked_by === null ? "" : `Asked for by ${last.asked_by}, `}
            <Time at={last.created_at} />
          </span>
        </p>
      )}
      {items.length === 0 && last === null && (blocked !== null || outdated === null) && (
        <p className="text-ink-2">{blocked ?? "A proven patch is ready: a person opens its pull request."}</p>
      )}
    </Section>
  );
}

const modeMeanings = {
  manual: "A person opens pull requests.",
  suggest: "People are told that a proven patch is ready, and open its pull request.",
  auto: "Culprit opens pull requests itself, within the project's limits.",
} as const;

function PullRequestRow({ item }: { readonly item: IncidentPullRequest }) {
  const { checks, reviews, state } = item;
  const who = [...reviews.approved_by, ...reviews.changes_requested_by].join(", ");
  return (
    <li className="grid gap-1 border-t border-line px-4 py-3 first:border-0">
      <p className="font-medium [overflow-wrap:anywhere]">
        <a href={webAddress(item.url)} rel="noreferrer" target="_blank" className="link text-ink">
          {item.name}
        </a>{" "}
        {item.title}
      </p>
      <p className="flex flex-wrap gap-x-3 gap-y-0.5 text-[0.8125rem] text-ink-2">
        <span className={state === "merged" ? "text-good" : "text-ink"}>{state}</span>
        <span className={checks.state === "failure" ? "text-bad" : undefined} title={checks.failing.join(", ")}>
          {checkWords[checks.state]}
        </span>
        <span className={reviews.state === "changes_requested" ? "text-bad" : undefined} title={who}>
          {reviewWords[reviews.state]}
        </span>
        {!item.is_own && <span>opened by somebody else</span>}
        {item.commit && <Sha sha={item.commit} />}
        <span>
          opened <Time at={item.opened_at} />
        </span>
      </p>
      <p className="font-mono text-xs text-ink-3 [overflow-wrap:anywhere]">
        {item.branch} → {item.base_branch}
      </p>
      {item.closed_reason && <p className="text-[0.8125rem] text-ink-2">{item.closed_reason}</p>}
      {item.check_error && <p className="text-[0.8125rem] text-bad">What you see is not fresh: {item.check_error}</p>}
    </li>
  );
}
