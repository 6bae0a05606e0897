import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { addScrapeTarget } from "../api/scrape-requests.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { fieldLook } from "../ui/field.ts";

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
  const label = "grid gap-1 text-[0.8125rem] font-medium";
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <label className={label}>
        Address
        <input
          required
          type="url"
          className={`${fieldLook} font-mono font-normal`}
          placeholder="http://cart:9090/metrics"
          value={url}
          onChange={(event) => setUrl(event.target.value)}
        />
      </label>
      <label className={label}>
        Service that it speaks of
        <input required className={fieldLook} value={service} onChange={(event) => setService(event.target.value)} />
      </label>
      <div className="grid grid-cols-2 gap-3">
        <label className={label}>
          Environment
          <input
            required
            className={fieldLook}
            value={environment}
            onChange={(event) => setEnvironment(event.target.value)}
          />
        </label>
        <label className={label}>
          Every so many seconds
          <input
            required
            type="number"
            min={5}
            max={3600}
            className={fieldLook}
            value={interval}
            onChange={(event) => setInterval(event.target.value)}
          />
        </label>
      </div>
      <label className={label}>
        Header Authorization (optional, kept encrypted)
        <input
          type="password"
          autoComplete="off"
          className={`${fieldLook} font-mono font-normal`}
          placeholder="Bearer …"
          value={authorization}
          onChange={(event) => setAuthorization(event.target.value)}
        />
      </label>
      <Button type="submit" look="solid" className="justify-self-start" disabled={save.isPending}>
        Read it
      </Button>
      {save.error && <FailureNote error={save.error} />}
    </form>
  );
}
