import type { DetectorView } from "@culprit/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { saveDetector } from "../api/detection-requests.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { smallFieldLook } from "../ui/field.ts";
import { describeDetector } from "./describe-detector.ts";
import { changedSettings, type Settings } from "./flat-settings.ts";
import { ReasonField } from "./reason-field.tsx";
import { SettingFields } from "./setting-fields.tsx";
import { useBrokenFields } from "./use-broken-fields.ts";

interface DetectorFormProps {
  readonly project: string;
  readonly detector: DetectorView;
  readonly onSaved: () => void;
}

/** Switches a detector, or moves its thresholds, for all services or for one. What it will look for is told while it is changed. */
export function DetectorForm({ project, detector, onSaved }: DetectorFormProps) {
  const client = useQueryClient();
  const broken = useBrokenFields();
  const [settings, setSettings] = useState<Settings>(detector.settings);
  const [isOn, setOn] = useState(detector.enabled);
  const [service, setService] = useState(detector.service ?? "");
  const [reason, setReason] = useState("");
  const save = useMutation({
    mutationFn: () =>
      saveDetector(project, {
        name: detector.name,
        kind: detector.kind,
        ...(service.trim() === "" ? {} : { service: service.trim() }),
        enabled: isOn,
        settings: changedSettings(detector.settings, settings),
        reason: reason.trim(),
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["detectors"] });
      onSaved();
    },
  });
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <p aria-live="polite" className="rounded-md bg-sunk px-3 py-2 text-[0.8125rem] [overflow-wrap:anywhere]">
        {isOn ? "It fires when: " : "Switched off. It would fire when: "}
        {describeDetector({ kind: detector.kind, settings })}
      </p>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2 text-[0.8125rem]">
        <label className="flex items-center gap-2 font-medium">
          <input
            type="checkbox"
            className="accent-ink"
            checked={isOn}
            onChange={(event) => setOn(event.target.checked)}
          />
          Switched on
        </label>
        <label className="flex min-w-0 items-center gap-2">
          Only for the service
          <input
            className={`${smallFieldLook} w-40`}
            placeholder="all of them"
            disabled={detector.service !== null}
            value={service}
            onChange={(event) => setService(event.target.value)}
          />
        </label>
      </div>
      <SettingFields settings={settings} onChange={setSettings} onBroken={broken.report} />
      <ReasonField value={reason} onChange={setReason} />
      {broken.sentences.length > 0 && <p className="text-[0.8125rem] text-bad">{broken.sentences.join(" ")}</p>}
      <Button
        type="submit"
        look="solid"
        className="justify-self-start"
        disabled={save.isPending || broken.sentences.length > 0 || reason.trim() === ""}
      >
        Save
      </Button>
      {save.error && <FailureNote error={save.error} />}
    </form>
  );
}
