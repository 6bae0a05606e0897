import type { ReactNode } from "react";
import { cx } from "../ui/cx.ts";

const shapes: Readonly<Record<string, ReactNode>> = {
  delay: (
    <>
      <circle cx="8" cy="8" r="5.700" />
      <path d="M8 4.700V8l2.300 1.500" />
    </>
  ),
  approval: (
    <path d="M4.500 8.500V5.200a1 1 0 0 1 2 0v2.300V3.400a1 1 0 0 1 2 0v4V4.200a1 1 0 0 1 2 0v5.300c0 2.700-1.300 4.300-3.400 4.300-1.900 0-2.700-.9-3.500-2.300L2.400 9.300a1 1 0 0 1 1.600-1Z" />
  ),
  parallel: <path d="M8 1.500v3M8 4.500H3.500v4m4.500-4h4.500v4M3.500 8.500v6m9-6v6M8 4.500v10" />,
  for_each: <path d="M3 6.500a4 4 0 0 1 4-4h4m-2-2 2.200 2L9 4.500M13 9.500a4 4 0 0 1-4 4H5m2 2-2.200-2L7 11.500" />,
  run_workflow: (
    <>
      <rect x="1.800" y="2.500" width="6" height="4.500" rx="1" />
      <rect x="8.300" y="9.500" width="6" height="4.500" rx="1" />
      <path d="M4.800 7v4.700h3.300" />
    </>
  ),
};

const action = <path d="M9 1.500 3.500 9H8l-1 5.500L12.500 7H8Z" />;

/** What kind of step it is, as a small sign. */
export function StepIcon({ uses, className }: { readonly uses: string; readonly className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      className={cx("size-4 shrink-0", className)}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.400"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {shapes[uses] ?? action}
    </svg>
  );
}
