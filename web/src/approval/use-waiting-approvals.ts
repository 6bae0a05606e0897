import type { Approval } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { readApprovals } from "../api/execution-requests.ts";

const none: readonly Approval[] = [];

/** What waits for somebody's yes or no, read every five seconds by whoever shows it. */
export function useWaitingApprovals() {
  const { data, error, isPending } = useQuery({
    queryKey: ["approvals", "waiting"],
    queryFn: ({ signal }) => readApprovals("waiting", null, signal),
    refetchInterval: 5000,
  });
  return {
    items: data?.items ?? none,
    count: data?.items.length ?? 0,
    hasMore: data?.next_cursor != null,
    error,
    isPending,
  };
}
