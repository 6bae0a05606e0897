import type { IncidentDetail } from "@culprit/contract";
import { isRunning } from "./is-working.ts";

/** The step of a running response that proves a patch, while it runs. */
export function runningProof({ execution }: Pick<IncidentDetail, "execution">): { id: string; path: string } | null {
  if (execution === null || !isRunning({ execution })) return null;
  const step = execution.steps.find(({ action_type, status }) => action_type === "prove_patch" && status === "running");
  return step === undefined ? null : { id: execution.id, path: step.path };
}
