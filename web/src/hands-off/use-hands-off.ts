import type { HandsOff, HandsOffInput } from "@culprit/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { clearHandsOff, readHandsOff, setHandsOff } from "../api/integration-requests.ts";

const none: readonly HandsOff[] = [];
const queryKey = ["hands-off"];

/** The hands-off switches that stand, and how to set and clear one. */
export function useHandsOff() {
  const client = useQueryClient();
  const { data, error } = useQuery({
    queryKey,
    queryFn: ({ signal }) => readHandsOff(signal),
    refetchInterval: 10_000,
  });
  const again = () => client.invalidateQueries({ queryKey });
  const set = useMutation({ mutationFn: (input: HandsOffInput) => setHandsOff(input), onSettled: again });
  const clear = useMutation({
    mutationFn: ({ project_id, service }: Pick<HandsOff, "project_id" | "service">) =>
      clearHandsOff(project_id, service),
    onSettled: again,
  });
  return { standing: data?.items ?? none, error, set, clear };
}
