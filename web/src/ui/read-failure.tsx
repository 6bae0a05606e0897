import { FailureNote } from "./failure-note.tsx";

interface ReadFailureProps {
  readonly error: Error | null;
  /** Whether something that was read before is still shown. */
  readonly hasData: boolean;
}

/** Says above a page or a part of it that it could not be read, or not be read again; nothing where there is no fault. */
export function ReadFailure({ error, hasData }: ReadFailureProps) {
  if (error === null) return null;
  return (
    <div className="mb-4">
      <FailureNote error={error} {...(hasData ? { title: "What you see is not fresh." } : {})} />
    </div>
  );
}
