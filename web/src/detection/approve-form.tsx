import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { approveIncident } from "../api/requests.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { smallFieldLook } from "../ui/field.ts";

/** Has an incident looked into that the gate held back; it asks for a reason, which is kept with the decision. */
export function ApproveForm({ incidentId }: { readonly incidentId: string }) {
  const client = useQueryClient();
  const id = useId();
  const [reason, setReason] = useState<string | null>(null);
  const approve = useMutation({
    mutationFn: (words: string) => approveIncident(incidentId, words),
    onSuccess: () => setReason(null),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["incidents"] }),
        client.invalidateQueries({ queryKey: ["incident", incidentId] }),
      ]),
  });
  if (reason === null) {
    return (
      <Button onClick={() => setReason("")} disabled={approve.isSuccess}>
        {approve.isSuccess ? "Approved" : "Approve…"}
      </Button>
    );
  }
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim() !== "") approve.mutate(reason.trim());
      }}
    >
      <label htmlFor={id} className="text-[0.8125rem]">
        Why shall it be looked into?
      </label>
      <div className="flex flex-wrap gap-2">
        <input
          id={id}
          // biome-ignore lint/a11y/noAutofocus: the button that opened it is gone, and with it the focus
          autoFocus
          required
          maxLength={1000}
          placeholder="a customer called"
          className={`${smallFieldLook} min-w-0 flex-1 basis-48`}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") setReason(null);
          }}
        />
        <Button type="submit" look="solid" disabled={approve.isPending || reason.trim() === ""}>
          Approve
        </Button>
        <Button look="quiet" onClick={() => setReason(null)}>
          Cancel
        </Button>
      </div>
      {approve.error && <FailureNote error={approve.error} />}
    </form>
  );
}
