import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { FailureNote } from "./failure-note.tsx";

interface SaveFormProps {
  /** The words of its button. */
  readonly words: string;
  readonly saving: { readonly isPending: boolean; readonly error: Error | null; mutate(): void };
  /** What the browser's own checks can't say yet keeps it from being sent. */
  readonly isIncomplete?: boolean;
  readonly children: ReactNode;
}

/** Fields under each other, the button that sends them, and why that did not work. */
export function SaveForm({ words, saving, isIncomplete = false, children }: SaveFormProps) {
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      {children}
      <Button type="submit" look="solid" className="justify-self-start" disabled={saving.isPending || isIncomplete}>
        {words}
      </Button>
      {saving.error && <FailureNote error={saving.error} />}
    </form>
  );
}
