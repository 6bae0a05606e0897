import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { decideIncident } from "../api/requests.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { smallFieldLook } from "../ui/field.ts";

const words = {
  approve: {
    verb: "Approve",
    done: "Approved",
    question: "Why shall it be looked into?",
    example: "a customer called",
  },
  suppress: {
    ...{ verb: "Suppress", done: "Suppressed", question: "Why shall nobody look into it?" },
    example: "a test of the new alarm",
  },
} as const;

interface DecideFormProps {
  readonly incidentId: string;
  readonly decision: keyof typeof words;
}

/** Decides by hand what the gate decides: whether an incident is looked into. It asks for a reason, which is kept with the decision. */
export function DecideForm({ incidentId, decision }: DecideFormProps) {
  const { verb, done, question, example } = words[decision];
  const client = useQueryClient();
  const id = useId();
  const [reason, setReason] = useState<string | null>(null);
  const decide = useMutation({
    mutationFn: (given: string) => decideIncident(incidentId, decision, given),
    onSuccess: () => setReason(null),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["incidents"] }),
        client.invalidateQueries({ queryKey: ["incident", incidentId] }),
      ]),
  });
  if (reason === null) {
    return (
      <Button
        look={decision === "suppress" ? "quiet" : "plain"}
        onClick={() => setReason("")}
        disabled={decide.isSuccess}
      >
        {decide.isSuccess ? done : `${verb}…`}
      </Button>
    );
  }
  return (
    <form
      className="order-last grid basis-full gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim() !== "") decide.mutate(reason.trim());
      }}
    >
      <label htmlFor={id} className="text-[0.8125rem]">
        {question}
      </label>
      <div className="flex flex-wrap gap-2">
        <input
          id={id}
          // biome-ignore lint/a11y/noAutofocus: the button that opened it is gone, and with it the focus
          autoFocus
          required
          maxLength={1000}
          placeholder={example}
          className={`${smallFieldLook} min-w-0 flex-1 basis-48`}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") setReason(null);
          }}
        />
        <Button type="submit" look="solid" disabled={decide.isPending || reason.trim() === ""}>
          {verb}
        </Button>
        <Button look="quiet" onClick={() => setReason(null)}>
          Cancel
        </Button>
      </div>
      {decide.error && <FailureNote error={decide.error} />}
    </form>
  );
}
