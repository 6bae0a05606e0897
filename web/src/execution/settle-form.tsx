import type { ExecutionDelivery } from "@culprit/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { settleDelivery } from "../api/execution-requests.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { fieldLook } from "../ui/field.ts";

/** Asks a person whether an effect happened; only they can know, and nothing is sent before they say. */
export function SettleForm({ delivery }: { readonly delivery: Pick<ExecutionDelivery, "id" | "kind"> }) {
  const client = useQueryClient();
  const [note, setNote] = useState("");
  const [reference, setReference] = useState("");
  const settle = useMutation({
    mutationFn: (outcome: "sent" | "not_sent") => settleDelivery(delivery.id, outcome, { note, reference }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["execution"] }),
        client.invalidateQueries({ queryKey: ["deliveries"] }),
        client.invalidateQueries({ queryKey: ["incident"] }),
      ]),
  });
  return (
    <fieldset className="mt-2 grid gap-2">
      <legend className="font-semibold">Did it happen?</legend>
      <p className="text-[0.8125rem]">
        Culprit stopped between sending it and hearing the answer, and the other side can't be asked. Look there, then
        say. Until then it is not sent again.
      </p>
      <div className="grid gap-2 sm:grid-cols-2">
        <input
          aria-label="What you found (optional)"
          placeholder="what you found (optional)"
          className={fieldLook}
          maxLength={2000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <input
          aria-label="Its number or address there (optional)"
          placeholder="its number or address there (optional)"
          className={fieldLook}
          maxLength={500}
          value={reference}
          onChange={(event) => setReference(event.target.value)}
        />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button disabled={settle.isPending} onClick={() => settle.mutate("sent")}>
          It happened
        </Button>
        <Button disabled={settle.isPending} onClick={() => settle.mutate("not_sent")}>
          It did not: send it
        </Button>
      </div>
      {settle.error && <FailureNote error={settle.error} />}
    </fieldset>
  );
}
