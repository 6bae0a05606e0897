import type { IncidentSummary } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { readIncidents } from "../api/requests.ts";

const none: readonly IncidentSummary[] = [];

/** The incidents of a project that nobody has settled; of more than 50 the newest. */
export function useOpenIncidents(project: string): readonly IncidentSummary[] {
  const { data } = useQuery({
    queryKey: ["incidents", "unresolved", project],
    queryFn: ({ signal }) => readIncidents({ status: "unresolved", project }, null, signal),
    refetchInterval: 15_000,
  });
  return data?.incidents ?? none;
}

/** Whether an incident is one of a service: signals name it by its name or by its whole key. */
export function isOf(
  { service }: IncidentSummary,
  { key, name }: { readonly key: string; readonly name: string },
): boolean {
  return service === name || service === key;
}
