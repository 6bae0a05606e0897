import type { MaintenanceView } from "@culprit/contract";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { announceMaintenance } from "../api/detection-requests.ts";
import { formatInstant } from "../lib/format-instant.ts";
import { Button } from "../ui/button.tsx";
import { fieldLook } from "../ui/field.ts";
import { Labelled } from "../ui/labelled.tsx";
import { SaveForm } from "../ui/save-form.tsx";
import { maintainedPlace } from "./maintained-place.ts";
import { ReasonField } from "./reason-field.tsx";

const durations = [
  [30, "30 minutes"],
  [60, "1 hour"],
  [120, "2 hours"],
  [240, "4 hours"],
  [480, "8 hours"],
  [1440, "1 day"],
] as const;

interface AnnounceFormProps {
  readonly project: string;
  /** When it is announced; what is to be known about it is still shown then. */
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

/** Announces maintenance of a service, an environment or all, and says what it will not cover. */
export function AnnounceForm({ project, onSaved, onClose }: AnnounceFormProps) {
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
        ...(service.trim() === "" ? { all: true } : { service: service.trim() }),
        ...(environment.trim() === "" ? {} : { environment: environment.trim() }),
        ...(startsAt === "" ? {} : { starts_at: new Date(start).toISOString() }),
        ends_at: new Date(start + minutes * 60_000).toISOString(),
        reason: reason.trim(),
      });
    },
    onSuccess: ({ hints = [] }) => {
      onSaved();
      if (hints.length === 0) onClose();
    },
  });
  if (save.data) return <Announced window={save.data} onClose={onClose} />;
  return (
    <SaveForm words="Announce it" saving={save} isIncomplete={reason.trim() === ""}>
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
    </SaveForm>
  );
}

function Announced({ window, onClose }: { readonly window: MaintenanceView; readonly onClose: () => void }) {
  return (
    <div role="status" className="grid gap-3">
      <p>
        It is announced: <span className="font-semibold">{maintainedPlace(window)}</span>, until{" "}
        {formatInstant(window.ends_at).slice(0, 16)}.
      </p>
      <ul aria-label="What to know about it" className="grid gap-1.5 text-[0.8125rem] text-ink-2">
        {window.hints?.map((hint) => (
          <li key={hint} className="border-l-2 border-mark-line pl-3 [overflow-wrap:anywhere]">
            {hint}
          </li>
        ))}
      </ul>
      <Button look="solid" className="justify-self-start" autoFocus onClick={onClose}>
        Close
      </Button>
    </div>
  );
}
