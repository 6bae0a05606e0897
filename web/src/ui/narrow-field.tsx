import type { RefObject } from "react";
import { cx } from "./cx.ts";
import { smallFieldLook } from "./field.ts";

interface NarrowFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** Goes on to what is left, by Enter. */
  readonly onLeave: () => void;
  readonly field: RefObject<HTMLInputElement | null>;
  readonly className: string;
}

/** Narrows a list by text, reached by `/` and left by Escape. */
export function NarrowField({ label, placeholder, value, onChange, onLeave, field, className }: NarrowFieldProps) {
  return (
    <input
      ref={field}
      type="search"
      aria-label={label}
      placeholder={`${placeholder}   /`}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.blur();
        if (event.key === "Enter") onLeave();
      }}
      className={cx(smallFieldLook, className)}
    />
  );
}
