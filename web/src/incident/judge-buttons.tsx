import type { Hypothesis } from "@culprit/contract";
import type { Judgement } from "../lib/judgements.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { useFeedback } from "./use-feedback.ts";

interface JudgeButtonsProps {
  readonly incidentId: string;
  readonly hypothesis: Hypothesis;
  readonly judgement: Judgement | undefined;
}

/** Says of a hypothesis that it is the cause or is not; either may be said again when one knows better. */
export function JudgeButtons({ incidentId, hypothesis, judgement }: JudgeButtonsProps) {
  const { say } = useFeedback(incidentId);
  // Neither is disabled: a button that is loses the focus of who works by keyboard.
  const judge = (verdict: Judgement["verdict"]) => {
    if (say.isPending || judgement?.verdict === verdict) return;
    say.mutate({ event_type: `hypothesis_${verdict}`, payload: { hypothesis_id: hypothesis.id } });
  };
  const isConfirmed = judgement?.verdict === "confirmed";
  const isRejected = judgement?.verdict === "rejected";
  return (
    <fieldset className="flex min-w-0 flex-wrap items-center gap-2 border-t border-line pt-3">
      <legend className="sr-only">Is hypothesis {hypothesis.rank} the cause?</legend>
      <Button
        aria-pressed={isConfirmed}
        className="aria-pressed:border-good aria-pressed:text-good"
        onClick={() => judge("confirmed")}
      >
        Confirm
      </Button>
      <Button
        aria-pressed={isRejected}
        className="aria-pressed:border-bad aria-pressed:text-bad"
        onClick={() => judge("rejected")}
      >
        Not it
      </Button>
      <span role="status" className="text-[0.8125rem] text-ink-2">
        {judgement && `${isConfirmed ? "Confirmed" : "Ruled out"} by ${judgement.actor}`}
      </span>
      {say.error && (
        <div className="basis-full">
          <FailureNote error={say.error} title="That was not stored." />
        </div>
      )}
    </fieldset>
  );
}
