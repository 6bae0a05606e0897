import { smallFieldLook } from "./field.ts";

interface HowFarBackProps {
  readonly value: number;
  readonly choices: readonly number[];
  /** Several of what is counted: `days`. */
  readonly unit: string;
  readonly onChange: (value: number) => void;
}

/** Which time up to now a page tells of. */
export function HowFarBack({ value, choices, unit, onChange }: HowFarBackProps) {
  return (
    <select
      aria-label="How far back"
      value={value}
      onChange={(event) => onChange(Number(event.target.value))}
      className={smallFieldLook}
    >
      {choices.map((count) => (
        <option key={count} value={count}>
          last {count} {unit}
        </option>
      ))}
    </select>
  );
}
