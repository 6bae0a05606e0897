import { type IntegrationEventSummary, integrationEventStatuses } from "@culprit/contract";
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type InboxFilter, readInbox, readInboxEvent, replayInboxEvent } from "../api/integration-requests.ts";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { smallFieldLook } from "../ui/field.ts";
import { Chevron } from "../ui/icons.tsx";
import { JsonFold } from "../ui/json-fold.tsx";
import { Section } from "../ui/section.tsx";
import { type RunState, StateMark } from "../ui/state-mark.tsx";
import { Time } from "../ui/time.tsx";

type Status = IntegrationEventSummary["status"];

const words: Record<Status, string> = {
  pending: "waits",
  processing: "being processed",
  completed: "processed",
  failed: "given up",
  ignored: "ignored",
};
const states: Record<Status, RunState> = {
  pending: "pending",
  processing: "running",
  completed: "completed",
  failed: "failed",
  ignored: "skipped",
};

/** What came in, newest first; what was given up can be taken up again. */
export function InboxLog({ filter }: { readonly filter: Pick<InboxFilter, "project" | "integration"> }) {
  const [status, setStatus] = useState<Status | undefined>(undefined);
  const inbox = useInfiniteQuery({
    queryKey: ["inbox", filter, status ?? null],
    queryFn: ({ pageParam, signal }) => readInbox({ ...filter, status }, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) > 2 ? 20_000 : 5000),
  });
  const events = inbox.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section
      id="inbox"
      title="What came in"
      aside={
        <select
          aria-label="State of what came in"
          className={`${smallFieldLook} ml-auto`}
          value={status ?? ""}
          onChange={(event) => setStatus(integrationEventStatuses.find((one) => one === event.target.value))}
        >
          <option value="">In any state</option>
          {integrationEventStatuses.map((one) => (
            <option key={one} value={one}>
              {words[one]}
            </option>
          ))}
        </select>
      }
    >
      {inbox.error && <FailureNote error={inbox.error} />}
      {inbox.data && events.length === 0 && (
        <p className="text-[0.8125rem] text-ink-3">
          {status
            ? "Nothing in this state."
            : "Nothing came in yet. Each integration's page has the address that others call."}
        </p>
      )}
      {events.length > 0 && (
        <ul aria-label="What came in" className="overflow-hidden rounded-lg border border-line bg-panel">
          {events.map((event) => (
            <InboxRow key={event.id} event={event} />
          ))}
        </ul>
      )}
      {inbox.hasNextPage && (
        <div className="flex justify-end py-3">
          <Button disabled={inbox.isFetchingNextPage} onClick={() => void inbox.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </Section>
  );
}

function InboxRow({ event }: { readonly event: IntegrationEventSummary }) {
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const detail = useQuery({
    queryKey: ["inbox-event", event.id, event.status],
    queryFn: ({ signal }) => readInboxEvent(event.id, signal),
    enabled: isOpen,
  });
  const replay = useMutation({
    mutationFn: () => replayInboxEvent(event.id),
    onSettled: () => client.invalidateQueries({ queryKey: ["inbox"] }),
  });
  const canReplay = event.status === "failed" || event.status === "ignored";
  return (
    <li className="border-t border-line px-4 py-2 first:border-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StateMark state={states[event.status]} />
        <span className={cx("text-[0.8125rem] font-semibold", event.status === "failed" && "text-bad")}>
          {words[event.status]}
        </span>
        <span className="min-w-0 font-mono text-xs [overflow-wrap:anywhere]">{event.event_type}</span>
        <span className="min-w-0 text-xs text-ink-3 [overflow-wrap:anywhere]">
          {event.integration_name}
          {event.subject && `, ${event.subject}`}
          {event.retry_count > 0 && `, ${event.retry_count} tries`}
        </span>
        <span className="ml-auto flex items-center gap-2 text-xs text-ink-3">
          <Time at={event.created_at} />
          <button
            type="button"
            aria-expanded={isOpen}
            aria-label="What it said"
            className="grid size-7 place-items-center rounded hover:bg-sunk"
            onClick={() => setOpen(!isOpen)}
          >
            <Chevron />
          </button>
        </span>
      </div>
      {event.reason && (
        <p
          className={cx("pl-6 text-xs [overflow-wrap:anywhere]", event.status === "failed" ? "text-bad" : "text-ink-2")}
        >
          {event.reason}
        </p>
      )}
      {canReplay && (
        <div className="mt-1 flex items-center gap-3 pl-6">
          <Button disabled={replay.isPending} onClick={() => replay.mutate()}>
            Take it up again
          </Button>
        </div>
      )}
      {replay.error && <FailureNote error={replay.error} />}
      {isOpen && (
        <div className="mt-2 grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2 pl-6">
          {detail.error && <FailureNote error={detail.error} />}
          {detail.data && (
            <>
              <JsonFold label="Payload" value={detail.data.payload} isOpen />
              <JsonFold label="Headers" value={detail.data.headers} />
              {detail.data.event_ids.map((id) => (
                <Link key={id} to="/ledger" search={{ event: id, project: event.project_id }} className="link text-xs">
                  What it set going
                </Link>
              ))}
            </>
          )}
        </div>
      )}
    </li>
  );
}
