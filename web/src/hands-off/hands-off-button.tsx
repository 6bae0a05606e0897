import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { readProjects } from "../api/requests.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { fieldLook } from "../ui/field.ts";
import { Labelled } from "../ui/labelled.tsx";
import { useHandsOff } from "./use-hands-off.ts";

/** The switch that stops every outward effect, and what it asks before it does. */
export function HandsOffButton() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        look="quiet"
        className="px-1.5 text-xs sm:px-2"
        title="Stop everything that Culprit does to the world outside"
        onClick={() => setOpen(true)}
      >
        Hands off
      </Button>
      <Dialog title="Hands off: let nothing out" isOpen={isOpen} onClose={() => setOpen(false)}>
        <HandsOffForm onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function HandsOffForm({ onDone }: { readonly onDone: () => void }) {
  const { set } = useHandsOff();
  const [project, setProject] = useState("");
  const [service, setService] = useState("");
  const [reason, setReason] = useState("");
  const projects = useQuery({
    queryKey: ["projects"],
    queryFn: ({ signal }) => readProjects(signal),
    staleTime: 30_000,
  });
  const submit = () => {
    const scope = project === "" ? {} : { project, ...(service.trim() === "" ? {} : { service: service.trim() }) };
    set.mutate({ ...scope, reason: reason.trim() }, { onSuccess: onDone });
  };
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p className="text-ink-2">
        No message, comment, ticket, call or pull request goes out until somebody ends it. Culprit goes on watching and
        looking for causes; what it would have sent is kept as stopped, with this reason.
      </p>
      <Labelled label="For">
        <select className={fieldLook} value={project} onChange={(event) => setProject(event.target.value)}>
          <option value="">all of Culprit</option>
          {projects.data?.map(({ id, name }) => (
            <option key={id} value={id}>
              the project {name}
            </option>
          ))}
        </select>
      </Labelled>
      {project !== "" && (
        <Labelled label="Service" note="optional: one service of it alone">
          <input className={fieldLook} value={service} onChange={(event) => setService(event.target.value)} />
        </Labelled>
      )}
      <Labelled label="Reason, for whoever sees it">
        <input
          className={fieldLook}
          required
          maxLength={2000}
          pattern=".*\S.*"
          value={reason}
          placeholder="Slack migration until 14:00"
          onChange={(event) => setReason(event.target.value)}
        />
      </Labelled>
      {set.error && <FailureNote error={set.error} title="Nothing was stopped." />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="danger" disabled={set.isPending}>
          {set.isPending ? "Stopping…" : "Stop it now"}
        </Button>
        <Button onClick={onDone}>Not now</Button>
      </div>
    </form>
  );
}
