import type { ScrapeTarget } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { readScrapeTargets, removeScrapeTarget, switchScrapeTarget } from "../api/scrape-requests.ts";
import { nameOfKey } from "../topology/topology-words.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { EmptyPart } from "../ui/empty-part.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { RowsPending } from "../ui/rows-pending.tsx";
import { type RunState, StateMark } from "../ui/state-mark.tsx";
import { Time } from "../ui/time.tsx";
import { ScrapeTargetForm } from "./scrape-target-form.tsx";

/** The pages of metrics that Culprit reads itself: how the last reading went, one more, one fewer. */
export function ScrapeTargets({ project }: { readonly project: string }) {
  const client = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: ["scrape-targets", project] });
  const { data, error } = useQuery({
    queryKey: ["scrape-targets", project],
    queryFn: ({ signal }) => readScrapeTargets(project, signal),
    refetchInterval: 10_000,
  });
  const turn = useMutation({
    mutationFn: ({ id, is_enabled }: ScrapeTarget) => switchScrapeTarget(id, !is_enabled),
    onSettled: refresh,
  });
  const remove = useMutation({ mutationFn: removeScrapeTarget, onSettled: refresh });
  const failure = error ?? turn.error ?? remove.error;
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <p className="text-ink-2">Pages in Prometheus' format that Culprit reads by itself.</p>
        <Button className="ml-auto" onClick={() => setAdding(true)}>
          Add a page…
        </Button>
      </div>
      {failure && <FailureNote error={failure} />}
      {!data && !error && <RowsPending label="Loading the pages" />}
      {data?.items.length === 0 && (
        <EmptyPart>
          None is read. Add the address of a <code>/metrics</code> page, or let a Prometheus of yours send by
          remote-write.
        </EmptyPart>
      )}
      {data && data.items.length > 0 && (
        <ul aria-label="Scraped pages" className="overflow-hidden rounded-lg border border-line bg-panel">
          {data.items.map((target) => (
            <li
              key={target.id}
              className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-4 py-2 first:border-0"
            >
              <span className="min-w-0 flex-1 basis-60">
                <span className="flex items-center gap-2 font-medium">
                  <StateMark state={stateOf(target)} />
                  <span className="min-w-0 [overflow-wrap:anywhere]">{target.url}</span>
                </span>
                <span className="block text-xs text-ink-3 [overflow-wrap:anywhere]">
                  {nameOfKey(target.service_key)}, {target.environment}, every {target.interval_s} s:{" "}
                  <Health of={target} />
                </span>
              </span>
              <Button
                look="quiet"
                aria-label={`${target.is_enabled ? "Pause" : "Read"} ${target.url}`}
                disabled={turn.isPending}
                onClick={() => turn.mutate(target)}
              >
                {target.is_enabled ? "Pause" : "Read again"}
              </Button>
              <Button
                look="quiet"
                aria-label={`Remove ${target.url}`}
                disabled={remove.isPending}
                onClick={() => remove.mutate(target.id)}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      {data?.next_cursor && (
        <p className="mt-1 text-xs text-ink-3">The first 100; the rest is at /api/scrape-targets.</p>
      )}
      <Dialog title="A page to read" isOpen={isAdding} onClose={() => setAdding(false)}>
        <ScrapeTargetForm
          project={project}
          onSaved={() => {
            setAdding(false);
            void refresh();
          }}
        />
      </Dialog>
    </>
  );
}

function stateOf({ is_enabled, health }: ScrapeTarget): RunState {
  if (!is_enabled) return "paused";
  return ({ new: "pending", up: "completed", down: "failed" } as const)[health];
}

function Health({ of }: { readonly of: ScrapeTarget }) {
  if (!of.is_enabled) return "paused";
  if (of.last_scrape_at === null) return "not read yet";
  return (
    <>
      {of.health === "down" ? (
        <span className="text-bad">{of.last_error ?? "it could not be read"}</span>
      ) : (
        `${(of.last_samples ?? 0).toLocaleString("en")} values in ${of.last_duration_ms ?? 0} ms`
      )}
      , <Time at={of.last_scrape_at} />
    </>
  );
}
