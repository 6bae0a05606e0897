import type { Project } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { endMaintenance, readMaintenance } from "../api/detection-requests.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { Button } from "../ui/button.tsx";
import { Tag } from "../ui/chips.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Section } from "../ui/section.tsx";
import { useNow } from "../ui/use-now.ts";
import { AnnounceForm } from "./announce-form.tsx";
import { maintainedPlace } from "./maintained-place.ts";

/** Announced maintenance: what stands, what comes, and one more. */
export function MaintenanceSection({ project }: { readonly project: Project }) {
  const client = useQueryClient();
  const now = useNow();
  const [isAnnouncing, setAnnouncing] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: ["maintenance", project.id] });
  const { data, error } = useQuery({
    queryKey: ["maintenance", project.id],
    queryFn: ({ signal }) => readMaintenance(project.id, signal),
    refetchInterval: 15_000,
  });
  const end = useMutation({ mutationFn: (id: string) => endMaintenance(project.id, id), onSettled: refresh });
  return (
    <Section
      id="maintenance"
      title="Maintenance"
      aside={
        <>
          <span>what alarms then is expected</span>
          <Button className="ml-auto" onClick={() => setAnnouncing(true)}>
            Announce…
          </Button>
        </>
      }
    >
      {error && <FailureNote error={error} />}
      {end.error && <FailureNote error={end.error} />}
      {data && data.length === 0 && (
        <p className="text-[0.8125rem] text-ink-2">
          None is announced. Announce one before you work on something, and nobody is called for what you expect.
        </p>
      )}
      {data && data.length > 0 && (
        <ul aria-label="Maintenance" className="overflow-hidden rounded-lg border border-line bg-panel">
          {data.map((window) => (
            <li
              key={window.id}
              className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2 first:border-0"
            >
              <div className="min-w-0 flex-1 basis-64 [overflow-wrap:anywhere]">
                <p className="flex flex-wrap items-center gap-x-2">
                  <span className="font-semibold">{maintainedPlace(window)}</span>
                  {window.is_standing && <Tag>Now</Tag>}
                </p>
                <p className="text-[0.8125rem] text-ink-2">{window.reason}</p>
                <p className="text-xs text-ink-3">
                  {formatInstant(window.starts_at).slice(0, 16)} to {formatInstant(window.ends_at).slice(0, 16)}, by{" "}
                  {window.set_by}
                </p>
              </div>
              {Date.parse(window.ends_at) > now && (
                <Button
                  aria-label={`End the maintenance of ${maintainedPlace(window)}`}
                  disabled={end.isPending}
                  onClick={() => end.mutate(window.id)}
                >
                  {window.is_standing ? "End now" : "Call off"}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <Dialog title="Announce maintenance" isOpen={isAnnouncing} onClose={() => setAnnouncing(false)}>
        {isAnnouncing && (
          <AnnounceForm project={project.id} onSaved={() => void refresh()} onClose={() => setAnnouncing(false)} />
        )}
      </Dialog>
    </Section>
  );
}
