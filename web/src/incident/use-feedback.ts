import type { FeedbackEvent, FeedbackInput } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { readFeedback, sendFeedback } from "../api/requests.ts";

const none: readonly FeedbackEvent[] = [];

/** The log of what was said about an incident, and a way to say something more. */
export function useFeedback(incidentId: string) {
  const client = useQueryClient();
  const { data, error } = useQuery({
    queryKey: ["feedback", incidentId],
    queryFn: ({ signal }) => readFeedback(incidentId, signal),
    refetchInterval: 10_000,
  });
  const say = useMutation({
    mutationFn: (event: FeedbackInput) => sendFeedback(incidentId, event),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["feedback", incidentId] }),
        client.invalidateQueries({ queryKey: ["incident", incidentId] }),
      ]),
  });
  return { events: data?.events ?? none, error, say };
}
