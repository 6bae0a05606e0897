import type { TopologyReply } from "@culprit/contract";
import { cx } from "../ui/cx.ts";

const shapes: Record<TopologyReply["nodes"][number]["kind"], string> = {
  service: "M8 1.800 13.500 5v6L8 14.200 2.500 11V5ZM2.500 5 8 8.200 13.500 5M8 8.200v6",
  database:
    "M2.800 4c0-3 10.400-3 10.400 0v8c0 3-10.400 3-10.400 0ZM2.800 4c0 2.800 10.400 2.800 10.400 0M2.800 8c0 2.800 10.400 2.800 10.400 0",
  dependency: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM2 8h12M8 2c-4 3.500-4 8.500 0 12M8 2c4 3.500 4 8.500 0 12",
};

interface NodeIconProps {
  readonly kind: keyof typeof shapes;
  readonly className?: string;
}

/** A service, a database or something else that is called, as a small sign. Decorative: the words stand beside it. */
export function NodeIcon({ kind, className }: NodeIconProps) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.3"
      strokeLinejoin="round"
      className={cx("size-4 shrink-0", className)}
    >
      <path d={shapes[kind]} />
    </svg>
  );
}
