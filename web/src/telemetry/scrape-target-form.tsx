import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { addScrapeTarget } from "../api/scrape-requests.ts";
import { fieldLook } from "../ui/field.ts";
import { Labelled } from "../ui/labelled.tsx";
import { SaveForm } from "../ui/save-form.tsx";

interface ScrapeTargetFormProps {
  readonly project: string;
  readonly onSaved: () => void;
}

/** What is asked of a page before it is read. */
export function ScrapeTargetForm({ project, onSaved }: ScrapeTargetFormProps) {
  const [url, setUrl] = useState("");
  const [service, setService] = useState("");
  const [environment, setEnvironment] = useState("production");
  const [interval, setInterval] = useState("15");
  const [authorization, setAuthorization] = useState("");
  const save = useMutation({
    mutationFn: () =>
      addScrapeTarget(project, {
        ...{ url, service, environment, interval_s: Number(interval) },
        ...(authorization === "" ? {} : { authorization }),
      }),
    onSuccess: onSaved,
  });
  return (
    <SaveForm words="Read it" saving={save}>
      <Labelled label="Address">
        <input
          required
          type="url"
          className={`${fieldLook} font-mono`}
          placeholder="http://cart:9090/metrics"
          value={url}
          onChange={(event) => setUrl(event.target.value)}
        />
      </Labelled>
      <Labelled label="Service that it speaks of">
        <input required className={fieldLook} value={service} onChange={(event) => setService(event.target.value)} />
      </Labelled>
      <div className="grid grid-cols-2 gap-3">
        <Labelled label="Environment">
          <input
            required
            className={fieldLook}
            value={environment}
            onChange={(event) => setEnvironment(event.target.value)}
          />
        </Labelled>
        <Labelled label="Every so many seconds">
          <input
            required
            type="number"
            min={5}
            max={3600}
            className={fieldLook}
            value={interval}
            onChange={(event) => setInterval(event.target.value)}
          />
        </Labelled>
      </div>
      <Labelled label="Header Authorization" note="optional, kept encrypted">
        <input
          type="password"
          autoComplete="off"
          className={`${fieldLook} font-mono`}
          placeholder="Bearer …"
          value={authorization}
          onChange={(event) => setAuthorization(event.target.value)}
        />
      </Labelled>
    </SaveForm>
  );
}
