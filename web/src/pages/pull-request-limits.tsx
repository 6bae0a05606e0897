import type { PullRequestSettings, PullRequestSettingsPatch } from "@culprit/contract";
import type { ReactNode } from "react";
import { smallFieldLook } from "../ui/field.ts";

/** What Culprit keeps to when it opens pull requests by itself; each field is stored when it is left. */
export function PullRequestLimits({
  settings,
  isPending,
  onChange,
}: {
  readonly settings: PullRequestSettings;
  readonly isPending: boolean;
  readonly onChange: (change: PullRequestSettingsPatch) => void;
}) {
  const number = (value: number, min: number, max: number, step: number, change: (value: number) => void) => (
    <input
      // Shows what was stored in the end, also where it was refused.
      key={value}
      type="number"
      required
      defaultValue={value}
      disabled={isPending}
      {...{ min, max, step }}
      onBlur={({ target }) => {
        // What can't be stays in the field, with the browser's words about it.
        if (target.reportValidity() && target.valueAsNumber !== value) change(target.valueAsNumber);
      }}
      className={`${smallFieldLook} w-20`}
    />
  );
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
      <Labelled label="Seen at least">
        {number(settings.min_events, 1, 1_000_000, 1, (value) => onChange({ min_events: value }))}
        <span>times</span>
      </Labelled>
      <Labelled label="Confidence at least">
        {number(settings.min_confidence, 0, 1, 0.05, (value) => onChange({ min_confidence: value }))}
      </Labelled>
      <Labelled label="At most">
        {number(settings.daily_max, 0, 100, 1, (value) => onChange({ daily_max: value }))}
        <span>a day</span>
      </Labelled>
    </div>
  );
}

function Labelled({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the field is among the children.
    <label className="inline-flex items-center gap-1.5">
      <span>{label}</span>
      {children}
    </label>
  );
}
