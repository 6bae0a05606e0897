import { formatInstant } from "../lib/format-instant.ts";
import { timeAgo } from "../lib/time-ago.ts";
import { useNow } from "./use-now.ts";

/** How long ago, with the exact instant on hover. */
export function Time({ at }: { readonly at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={formatInstant(at)} className="whitespace-nowrap">
      {timeAgo(at, now)}
    </time>
  );
}
