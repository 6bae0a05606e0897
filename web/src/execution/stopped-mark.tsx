import { CrossIcon } from "../ui/icons.tsx";

/** Says of an execution that it was done, but not with all its effects. */
export function StoppedMark() {
  return (
    <span
      className="inline-flex h-5 items-center gap-1 rounded-full border border-warn px-2 text-2xs font-semibold whitespace-nowrap text-warn"
      title="At least one step was skipped because somebody had said hands off."
    >
      <CrossIcon className="size-3" />
      stopped by hands-off
    </span>
  );
}
