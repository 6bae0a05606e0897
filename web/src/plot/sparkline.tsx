import { cx } from "../ui/cx.ts";

const size = { width: 48, height: 18 };

/** A line as large as a word, from zero to its highest. Decorative: its last figure stands beside it. */
export function Sparkline({ values, className }: { readonly values: readonly number[]; readonly className?: string }) {
  const highest = Math.max(...values, Number.EPSILON);
  const points = values.map((value, index) => {
    const x = values.length === 1 ? size.width : (index / (values.length - 1)) * size.width;
    return `${x.toFixed(1)},${(size.height - 1 - (value / highest) * (size.height - 2)).toFixed(1)}`;
  });
  return (
    <svg
      viewBox={`0 0 ${size.width} ${size.height}`}
      aria-hidden="true"
      className={cx("h-[1.125rem] overflow-visible", className)}
    >
      <polyline points={points.join(" ")} fill="none" stroke="currentColor" strokeWidth="1.2" strokeLinejoin="round" />
    </svg>
  );
}
