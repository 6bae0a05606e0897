import { confidenceMeaning } from "../lib/words.ts";

/** A confidence of 0 to 1 as a number and a thin bar; the large one names itself and its scale. */
export function Confidence({ value, isLarge = false }: { readonly value: number; readonly isLarge?: boolean }) {
  const number = value.toFixed(2);
  return (
    <span
      className="inline-flex items-center gap-2 whitespace-nowrap"
      title={`Confidence ${number} of 1. ${confidenceMeaning}`}
    >
      <span
        className={isLarge ? "h-1.5 w-20 rounded-full bg-line" : "h-1 w-12 rounded-full bg-line"}
        aria-hidden="true"
      >
        <span className="block h-full rounded-full bg-ink" style={{ width: `${Math.round(value * 100)}%` }} />
      </span>
      <span>
        <span className={isLarge ? undefined : "sr-only"}>confidence </span>
        <span className="font-semibold">{number}</span>
        <span className={isLarge ? undefined : "sr-only"}> of 1</span>
      </span>
    </span>
  );
}
