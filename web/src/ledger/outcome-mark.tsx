import { CheckIcon, DashIcon } from "../ui/icons.tsx";

interface OutcomeMarkProps {
  readonly hasRun: boolean;
  readonly words?: readonly [ran: string, didNot: string];
}

/** Whether something ran. */
export function OutcomeMark({ hasRun, words = ["Ran", "Did not run"] }: OutcomeMarkProps) {
  return hasRun ? (
    <span className="inline-flex items-center gap-1.5 text-[0.8125rem] font-semibold whitespace-nowrap text-good">
      <CheckIcon />
      {words[0]}
    </span>
  ) : (
    <span className="inline-flex items-center gap-1.5 text-[0.8125rem] font-semibold whitespace-nowrap text-ink-2">
      <DashIcon />
      {words[1]}
    </span>
  );
}
