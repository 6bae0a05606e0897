import { useQuery } from "@tanstack/react-query";
import { readApprovals } from "../api/execution-requests.ts";

/** What waits for somebody's yes or no, read every five seconds by whoever shows it. */
export function useWaitingApprovals() {
  const { data, error, isPending } = useQuery({
    queryKey: ["approvals", "waiting"],
    queryFn: ({ signal }) => readApprovals("waiting", null, signal),
    refetchInterval: 5000,
  });
  return {
    items: data?.items ?? [],
    count: data?.items.length ?? 0,
    hasMore: data?.next_cursor != null,
    error,
    isPending,
  };
}
