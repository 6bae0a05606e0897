import { type KeyboardEvent, useState } from "react";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { useFeedback } from "./use-feedback.ts";

/** A box for a note; Ctrl or Command with Enter sends it. The note stays in the box until it is stored. */
export function NoteForm({ incidentId }: { readonly incidentId: string }) {
  const { say } = useFeedback(incidentId);
  const [note, setNote] = useState("");
  const isEmpty = note.trim() === "";
  const send = () => {
    if (isEmpty || say.isPending) return;
    const event = { event_type: "human_note_added", payload: { note_markdown: note.trim() } } as const;
    say.mutate(event, { onSuccess: () => setNote("") });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label className="grid gap-1">
        <span className="sr-only">Note</span>
        <textarea
          className="min-h-16 w-full rounded-md border border-edge bg-panel px-3 py-2 placeholder:text-ink-3"
          rows={2}
          maxLength={20_000}
          placeholder="What did you find? What did you do?"
          value={note}
          onChange={(event) => setNote(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </label>
      <div>
        <Button type="submit" disabled={isEmpty || say.isPending}>
          Add note
        </Button>
      </div>
      {say.error && <FailureNote error={say.error} title="The note was not stored." />}
    </form>
  );
}
