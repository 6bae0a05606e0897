import type { ReactNode } from "react";
import { cx } from "./cx.ts";

function Icon({ children, className }: { readonly children: ReactNode; readonly className?: string | undefined }) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      className={cx("size-3.5 shrink-0", className)}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  );
}

export const Chevron = ({ className }: { readonly className?: string }) => (
  <Icon className={cx("turn", className)}>
    <path d="m6 3.5 4.5 4.5L6 12.5" />
  </Icon>
);
export const BackArrow = () => (
  <Icon>
    <path d="M13 8H3.5M7.5 4l-4 4 4 4" />
  </Icon>
);
export const CopyIcon = () => (
  <Icon>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 3.2A1.5 1.5 0 0 0 9.300 2.500H4A1.500 1.500 0 0 0 2.500 4v5.300a1.500 1.500 0 0 0 .7 1.200" />
  </Icon>
);
export const CheckIcon = ({ className }: { readonly className?: string }) => (
  <Icon className={className}>
    <path d="m3 8.500 3.500 3.500L13 4.500" />
  </Icon>
);
export const CrossIcon = ({ className }: { readonly className?: string }) => (
  <Icon className={className}>
    <path d="m4 4 8 8m0-8-8 8" />
  </Icon>
);
export const DashIcon = ({ className }: { readonly className?: string }) => (
  <Icon className={className}>
    <path d="M4 8h8" />
  </Icon>
);
export const ReturnIcon = () => (
  <Icon className="size-3">
    <path d="M3 7.500a5 5 0 1 1 1.500 4.500M3 3.500v4h4" />
  </Icon>
);
export const SunIcon = () => (
  <Icon className="size-4">
    <circle cx="8" cy="8" r="2.800" />
    <path d="M8 1.500v1.300M8 13.200v1.300M1.500 8h1.300M13.200 8h1.300M3.400 3.400l.9.9M11.700 11.700l.9.9M3.400 12.600l.9-.9M11.700 4.300l.9-.9" />
  </Icon>
);
export const MoonIcon = () => (
  <Icon className="size-4">
    <path d="M13.500 9.500A6 6 0 0 1 6.500 2.500a6 6 0 1 0 7 7Z" />
  </Icon>
);
export const HalfIcon = () => (
  <Icon className="size-4">
    <circle cx="8" cy="8" r="5.700" />
    <path d="M8 2.300v11.400A5.700 5.700 0 0 0 8 2.300Z" fill="currentColor" stroke="none" />
  </Icon>
);
