import { cx } from "../ui/cx.ts";

const size = { width: 48, height: 18 };

interface SparklineProps {
  /** At even distances; null where there is none. */
  readonly values: readonly (number | null)[];
  readonly className?: string;
}

/** A line as large as a word, from zero to its highest, with gaps. Decorative: its last figure stands beside it. */
export function Sparkline({ values, className }: SparklineProps) {
  const highest = values.reduce<number>((max, value) => Math.max(max, value ?? 0), Number.EPSILON);
  const step = size.width / Math.max(1, values.length - 1);
  const path = values.map((value, index) => {
    if (value === null) return "";
    const isJoined = index > 0 && values[index - 1] !== null;
    return `${isJoined ? "L" : "M"}${(index * step).toFixed(1)} ${(size.height - 1 - (value / highest) * (size.height - 2)).toFixed(1)}`;
  });
  return (
    <svg
      viewBox={`0 0 ${size.width} ${size.height}`}
      aria-hidden="true"
      className={cx("h-[1.125rem] overflow-visible", className)}
    >
      <path d={path.join("")} fill="none" stroke="currentColor" strokeWidth="1.2" strokeLinejoin="round" />
    </svg>
  );
}
