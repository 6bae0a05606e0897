import type { TopologyReply } from "@culprit/contract";
import { useMemo } from "react";
import { isOf, useOpenIncidents } from "./use-open-incidents.ts";

/** How many incidents of each service on the map stand open in its environment, by the service's key. */
export function useTroubles(project: string, topology: TopologyReply | undefined): ReadonlyMap<string, number> {
  const open = useOpenIncidents(project);
  return useMemo(() => {
    const here = open.filter(({ environment }) => environment === topology?.environment);
    const services = (topology?.nodes ?? []).filter(({ kind }) => kind === "service");
    const counted = services.map((node) => [node.key, here.filter((one) => isOf(one, node)).length] as const);
    return new Map(counted.filter(([, count]) => count > 0));
  }, [open, topology]);
}
