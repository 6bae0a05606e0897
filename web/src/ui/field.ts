/** How a one-line field looks. */
export const fieldLook =
  "h-9 w-full min-w-0 rounded-md border border-edge bg-panel px-3 placeholder:text-ink-3 aria-invalid:border-bad disabled:opacity-60";
/** The same, smaller, for bars above lists. */
export const smallFieldLook =
  "h-8 min-w-0 rounded-md border border-edge bg-panel px-2.5 text-[0.8125rem] placeholder:text-ink-3";
/** A field of several lines. */
export const areaLook =
  "w-full min-w-0 rounded-md border border-edge bg-panel px-3 py-2 placeholder:text-ink-3 aria-invalid:border-bad";
