/** A confidence of 0 to 1 as a number and a thin bar. */
export function Confidence({ value, isLarge = false }: { readonly value: number; readonly isLarge?: boolean }) {
  const inHundred = Math.round(value * 100);
  return (
    <span
      className="inline-flex items-center gap-2 whitespace-nowrap"
      title={`About ${inHundred} of 100 such claims are right`}
    >
      <span
        className={isLarge ? "h-1.5 w-20 rounded-full bg-line" : "h-1 w-12 rounded-full bg-line"}
        aria-hidden="true"
      >
        <span className="block h-full rounded-full bg-ink" style={{ width: `${inHundred}%` }} />
      </span>
      <span className="font-semibold">
        <span className="sr-only">confidence </span>
        {value.toFixed(2)}
      </span>
    </span>
  );
}
