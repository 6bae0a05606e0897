import type { LedgerEntry } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { readEvent, replayEvent } from "../api/trigger-requests.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Chevron } from "../ui/icons.tsx";
import { JsonFold } from "../ui/json-fold.tsx";
import { Time } from "../ui/time.tsx";
import { OutcomeMark } from "./outcome-mark.tsx";
import { SeenValues } from "./seen-values.tsx";

/** One row of the ledger; it opens to the values that decided and to the event, which can be let happen again. */
export function LedgerRow({ entry }: { readonly entry: LedgerEntry }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <li className="border-t border-line px-4 py-2.5 first:border-0">
      <div className="grid items-start gap-x-4 gap-y-1 md:grid-cols-[7rem_minmax(0,1fr)_auto]">
        <OutcomeMark hasRun={entry.outcome === "ran"} />
        <div className="min-w-0">
          <p className="[overflow-wrap:anywhere]">
            <Link to="/workflows/$id" params={{ id: entry.workflow_id }} className="font-semibold hover:underline">
              {entry.workflow_name}
            </Link>{" "}
            <span className="font-mono text-xs text-ink-2">{entry.event_type ?? "schedule"}</span>
          </p>
          <p className="text-[0.8125rem] text-ink-2 [overflow-wrap:anywhere]">{entry.reason}</p>
        </div>
        <p className="-my-1 flex items-center gap-3 self-start text-xs text-ink-3 md:justify-end">
          {entry.execution_id && (
            <Link to="/executions/$id" params={{ id: entry.execution_id }} className="link">
              execution
            </Link>
          )}
          <Time at={entry.created_at} />
          <button
            type="button"
            aria-expanded={isOpen}
            aria-label="What it saw"
            title="What it saw"
            className="grid size-7 place-items-center rounded hover:bg-sunk hover:text-ink max-md:ml-auto"
            onClick={() => setOpen(!isOpen)}
          >
            <Chevron />
          </button>
        </p>
      </div>
      {isOpen && (
        <div className="mt-2 grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2 border-l-2 border-line pl-3">
          {Object.keys(entry.details).length > 0 ? (
            <SeenValues details={entry.details} />
          ) : (
            <p className="text-xs text-ink-3">Nothing but the kind of event decided.</p>
          )}
          {entry.event_id && <EventOfEntry projectId={entry.project_id} id={entry.event_id} />}
        </div>
      )}
    </li>
  );
}

function EventOfEntry({ projectId, id }: { readonly projectId: string; readonly id: string }) {
  const client = useQueryClient();
  const event = useQuery({
    queryKey: ["event", id],
    queryFn: ({ signal }) => readEvent(id, signal),
    staleTime: 60_000,
  });
  const replay = useMutation({
    mutationFn: () => replayEvent(projectId, id),
    onSettled: () => client.invalidateQueries({ queryKey: ["ledger"] }),
  });
  return (
    <>
      {event.error && <FailureNote error={event.error} />}
      {event.data && (
        <>
          {event.data.subject && (
            <p className="font-mono text-xs text-ink-2 [overflow-wrap:anywhere]">{event.data.subject}</p>
          )}
          <JsonFold label="The event" value={event.data.payload} />
        </>
      )}
      <div className="flex flex-wrap items-center gap-3">
        <Button disabled={replay.isPending} onClick={() => replay.mutate()}>
          Replay the event
        </Button>
        <span role="status" className="text-xs text-ink-3">
          {replay.isSuccess
            ? "It happened again: its rows appear above."
            : "It happens again, and every workflow is asked anew."}
        </span>
      </div>
      {replay.error && <FailureNote error={replay.error} />}
    </>
  );
}
