import { ApiFailure } from "../api/api-failure.ts";

/** What went wrong and what to do about it. */
export function FailureNote({ error, title }: { readonly error: Error; readonly title?: string }) {
  const remedy = error instanceof ApiFailure ? error.remedy : null;
  return (
    <div role="alert" className="rounded-md border border-bad bg-panel px-4 py-3">
      {title && <p className="font-semibold">{title}</p>}
      <p className="text-bad">{error.message}</p>
      {remedy && <p className="mt-1 text-ink-2">{remedy}</p>}
    </div>
  );
}
