import { smallFieldLook } from "../ui/field.ts";

interface HopsSelectProps {
  readonly hops: number;
  readonly max: number;
  readonly onChange: (hops: number) => void;
}

/** How many calls away a map reaches. */
export function HopsSelect({ hops, max, onChange }: HopsSelectProps) {
  const counts = Array.from({ length: max }, (_, index) => index + 1);
  return (
    <label className="flex items-center gap-2">
      as far as
      <select value={hops} onChange={(event) => onChange(Number(event.target.value))} className={smallFieldLook}>
        {counts.map((count) => (
          <option key={count} value={count}>
            {count} {count === 1 ? "call" : "calls"}
          </option>
        ))}
      </select>
    </label>
  );
}
