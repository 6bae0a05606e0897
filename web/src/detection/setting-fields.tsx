import { useId, useState } from "react";
import { areaLook, smallFieldLook } from "../ui/field.ts";
import { flatten, type Settings, withSetting } from "./flat-settings.ts";
import { settingWords } from "./setting-words.ts";

interface SettingFieldsProps {
  readonly settings: Settings;
  readonly onChange: (settings: Settings) => void;
  /** Tells that a field can't be read as it stands, by its path; null when it can. */
  readonly onBroken: (path: string, problem: string | null) => void;
}

/** A field for each setting, after what it holds. */
export function SettingFields({ settings, onChange, onBroken }: SettingFieldsProps) {
  return (
    <div className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
      {flatten(settings).map(([path, value]) => (
        <Field
          key={path}
          path={path}
          value={value}
          onChange={(next) => onChange(withSetting(settings, path, next))}
          onBroken={(problem) => onBroken(path, problem)}
        />
      ))}
    </div>
  );
}

interface FieldProps {
  readonly path: string;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly onBroken: (problem: string | null) => void;
}

const wide = "sm:col-span-2";
const label = "grid content-start gap-1 text-[0.8125rem]";

function Field({ path, value, onChange, onBroken }: FieldProps) {
  const id = useId();
  const words = settingWords(path);
  const { options } = words;
  if (typeof value === "boolean") {
    return (
      <label className="flex items-start gap-2 text-[0.8125rem]">
        <input
          type="checkbox"
          className="mt-1 accent-ink"
          checked={value}
          onChange={(event) => onChange(event.target.checked)}
        />
        {words.label}
      </label>
    );
  }
  if (options && Array.isArray(value)) {
    return (
      <fieldset className={`${label} ${wide}`}>
        <legend className="mb-1">{words.label}</legend>
        <span className="flex flex-wrap gap-x-4 gap-y-1">
          {options.map((one) => (
            <label key={one} className="flex items-center gap-1.5">
              <input
                type="checkbox"
                className="accent-ink"
                checked={value.includes(one)}
                onChange={(event) =>
                  onChange(options.filter((other) => (other === one ? event.target.checked : value.includes(other))))
                }
              />
              {one}
            </label>
          ))}
        </span>
      </fieldset>
    );
  }
  if (options) {
    return (
      <label className={label}>
        {words.label}
        <select className={smallFieldLook} value={String(value)} onChange={(event) => onChange(event.target.value)}>
          {options.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
    );
  }
  if (typeof value === "number") {
    return (
      <div className={label}>
        <label htmlFor={id}>
          {words.label} {words.unit && <span className="text-ink-3">({words.unit})</span>}
        </label>
        <NumberInput {...{ id, value, onChange, onBroken }} />
      </div>
    );
  }
  if (typeof value === "string") {
    return (
      <label className={`${label} ${wide}`}>
        {words.label}
        <input
          className={`${smallFieldLook} font-mono`}
          value={value}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
      </label>
    );
  }
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) {
    return (
      <label className={`${label} ${wide}`}>
        <span>
          {words.label} <span className="text-ink-3">(with commas; none: all)</span>
        </span>
        <input
          className={`${smallFieldLook} font-mono`}
          defaultValue={value.join(", ")}
          spellCheck={false}
          onChange={(event) =>
            onChange(
              event.target.value
                .split(",")
                .map((one) => one.trim())
                .filter((one) => one !== ""),
            )
          }
        />
      </label>
    );
  }
  return (
    <div className={`${label} ${wide}`}>
      <label htmlFor={id}>
        {words.label} <span className="text-ink-3">(JSON)</span>
      </label>
      <JsonInput {...{ id, value, onChange, onBroken }} />
    </div>
  );
}

interface InputProps extends Pick<FieldProps, "value" | "onChange" | "onBroken"> {
  readonly id: string;
}

function NumberInput({ id, value, onChange, onBroken }: InputProps) {
  const [text, setText] = useState(String(value));
  const isBroken = text.trim() === "" || !Number.isFinite(Number(text));
  return (
    <input
      id={id}
      inputMode="decimal"
      className={`${smallFieldLook} w-36 aria-invalid:border-bad`}
      aria-invalid={isBroken}
      value={text}
      onChange={(event) => {
        const next = event.target.value;
        setText(next);
        const isNumber = next.trim() !== "" && Number.isFinite(Number(next));
        onBroken(isNumber ? null : "is no number");
        if (isNumber) onChange(Number(next));
      }}
    />
  );
}

function JsonInput({ id, value, onChange, onBroken }: InputProps) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 1));
  return (
    <textarea
      id={id}
      rows={Math.min(8, text.split("\n").length)}
      spellCheck={false}
      className={`${areaLook} font-mono text-xs`}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        try {
          onChange(JSON.parse(event.target.value));
          onBroken(null);
        } catch {
          onBroken("is no JSON");
        }
      }}
    />
  );
}
