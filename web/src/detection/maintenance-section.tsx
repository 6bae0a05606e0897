import type { MaintenanceView, Project } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { announceMaintenance, endMaintenance, readMaintenance } from "../api/detection-requests.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { Button } from "../ui/button.tsx";
import { Tag } from "../ui/chips.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { fieldLook } from "../ui/field.ts";
import { Labelled } from "../ui/labelled.tsx";
import { Section } from "../ui/section.tsx";
import { useNow } from "../ui/use-now.ts";
import { ReasonField } from "./reason-field.tsx";

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
                  <span className="font-semibold">{whatOf(window)}</span>
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
                  aria-label={`End the maintenance of ${whatOf(window)}`}
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
        <AnnounceForm
          project={project.id}
          onSaved={() => {
            setAnnouncing(false);
            void refresh();
          }}
        />
      </Dialog>
    </Section>
  );
}

function whatOf({ service, environment }: MaintenanceView): string {
  return `${service ?? "every service"} in ${environment ?? "every environment"}`;
}

const durations = [
  [30, "30 minutes"],
  [60, "1 hour"],
  [120, "2 hours"],
  [240, "4 hours"],
  [480, "8 hours"],
  [1440, "1 day"],
] as const;

function AnnounceForm({ project, onSaved }: { readonly project: string; readonly onSaved: () => void }) {
  const [service, setService] = useState("");
  const [environment, setEnvironment] = useState("");
  const [startsAt, setStartsAt] = useState("");
  const [minutes, setMinutes] = useState(60);
  const [reason, setReason] = useState("");
  const save = useMutation({
    mutationFn: () => {
      // A field without a zone means the clock of whoever fills it in.
      const start = startsAt === "" ? Date.now() : new Date(startsAt).getTime();
      return announceMaintenance(project, {
        ...(service.trim() === "" ? {} : { service: service.trim() }),
        ...(environment.trim() === "" ? {} : { environment: environment.trim() }),
        ...(startsAt === "" ? {} : { starts_at: new Date(start).toISOString() }),
        ends_at: new Date(start + minutes * 60_000).toISOString(),
        reason: reason.trim(),
      });
    },
    onSuccess: onSaved,
  });
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Labelled label="Service">
          <input
            className={fieldLook}
            placeholder="every service"
            value={service}
            onChange={(event) => setService(event.target.value)}
          />
        </Labelled>
        <Labelled label="Environment">
          <input
            className={fieldLook}
            placeholder="every environment"
            value={environment}
            onChange={(event) => setEnvironment(event.target.value)}
          />
        </Labelled>
        <Labelled label="Begins" note="empty: now">
          <input
            type="datetime-local"
            className={fieldLook}
            value={startsAt}
            onChange={(event) => setStartsAt(event.target.value)}
          />
        </Labelled>
        <Labelled label="Lasts">
          <select className={fieldLook} value={minutes} onChange={(event) => setMinutes(Number(event.target.value))}>
            {durations.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </Labelled>
      </div>
      <ReasonField value={reason} onChange={setReason} placeholder="moving the database" />
      <Button
        type="submit"
        look="solid"
        className="justify-self-start"
        disabled={save.isPending || reason.trim() === ""}
      >
        Announce it
      </Button>
      {save.error && <FailureNote error={save.error} />}
    </form>
  );
}
