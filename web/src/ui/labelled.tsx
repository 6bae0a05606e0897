import type { ReactNode } from "react";

interface LabelledProps {
  readonly label: string;
  /** What is said of the field beside its name, such as that it may be left empty. */
  readonly note?: string;
  /** What whoever fills it in should know, below the field. */
  readonly hint?: ReactNode;
  readonly children: ReactNode;
}

/** A field of a form under its name. */
export function Labelled({ label, note, hint, children }: LabelledProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the field is handed in
    <label className="grid min-w-0 content-start gap-1">
      <span className="text-[0.8125rem] font-medium">
        {label}
        {note && <span className="font-normal text-ink-3"> ({note})</span>}
      </span>
      {children}
      {hint && <span className="text-xs text-ink-3">{hint}</span>}
    </label>
  );
}
