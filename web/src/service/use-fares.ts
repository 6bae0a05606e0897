import { useQuery } from "@tanstack/react-query";
import { readSeries } from "../api/telemetry-requests.ts";
import { type Fare, faresOf } from "./fares-of.ts";
import { redMetrics } from "./red-of.ts";
import { wholeSteps } from "./whole-steps.ts";

/** Two minutes: thirty points are as many as a picture of a row shows. */
const stepS = 120;
const none: ReadonlyMap<string, Fare> = new Map();

/** How all services of a project fared in the last hour, by their keys, in one query. */
export function useFares(project: string): ReadonlyMap<string, Fare> {
  const { data } = useQuery({
    queryKey: ["fares", project],
    queryFn: async ({ signal }) => {
      const { step_s, ...window } = wholeSteps(Date.now(), 1, stepS);
      const asked = { metrics: redMetrics, step_s, exact: "true", max: 1000 } as const;
      return faresOf(await readSeries({ project, ...window }, asked, signal), { ...window, step_s });
    },
    refetchInterval: 30_000,
  });
  return data ?? none;
}
