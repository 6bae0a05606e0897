import type { Step } from "@culprit/contract";
import { readNumber, withEntry } from "../lib/form-values.ts";
import { fieldLook } from "../ui/field.ts";

interface StepOptionsProps {
  readonly step: Step;
  readonly onChange: (change: Partial<Step>) => void;
}

/** Tries, time and whether the workflow goes on, where a step differs from its workflow. */
export function StepOptions({ step, onChange }: StepOptionsProps) {
  const retry: Readonly<Record<string, unknown>> = step.retry_policy ?? {};
  const setRetry = (name: string, value: unknown) => {
    const next = withEntry(retry, name, value);
    onChange({ retry_policy: Object.keys(next).length === 0 ? undefined : (next as Step["retry_policy"]) });
  };
  const number = (label: string, name: string) => (
    <label className="grid gap-1">
      <span className="text-xs font-medium">{label}</span>
      <input
        className={fieldLook}
        inputMode="decimal"
        placeholder="as the workflow says"
        value={retry[name] === undefined ? "" : String(retry[name])}
        onChange={(event) => setRetry(name, readNumber(event.target.value))}
      />
    </label>
  );
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      {number("Tries", "max_attempts")}
      {number("Seconds before the second try", "delay")}
      <label className="grid gap-1">
        <span className="text-xs font-medium">Wait between tries</span>
        <select
          className={fieldLook}
          value={String(retry.backoff ?? "")}
          onChange={(event) => setRetry("backoff", event.target.value === "" ? undefined : event.target.value)}
        >
          <option value="">as the workflow says</option>
          <option value="exponential">doubles each time</option>
          <option value="fixed">stays the same</option>
        </select>
      </label>
      <label className="grid gap-1">
        <span className="text-xs font-medium">Seconds that one try may take</span>
        <input
          className={fieldLook}
          inputMode="numeric"
          placeholder="as the workflow says"
          value={step.timeout === undefined ? "" : String(step.timeout)}
          onChange={(event) => onChange({ timeout: readNumber(event.target.value) as number | undefined })}
        />
      </label>
      <label className="flex items-center gap-2 text-[0.8125rem] sm:col-span-2">
        <input
          type="checkbox"
          className="size-4 accent-current"
          checked={step.continue_on_error === true}
          onChange={(event) => onChange({ continue_on_error: event.target.checked ? true : undefined })}
        />
        Go on with the next step when this one fails
      </label>
    </div>
  );
}
