import type { Observations } from "../../observations/observations.ts";
import type { OwnTrouble, TroubleFamily } from "./attribute-trouble.ts";

/** What kind of trouble with calls was noticed: by the target's measure where it says so, else by what is surest at the target; null where neither tells. */
export function familyOfTarget(
  observations: Observations,
  troubles: ReadonlyMap<TroubleFamily, ReadonlyMap<string, OwnTrouble>>,
): TroubleFamily | null {
  const { target } = observations;
  if (target === null) return null;
  if (target.measure === "latency") return "latency";
  if (target.measure === "errors" || target.measure === "availability") return "failures";
  const slow = troubles.get("latency")?.get(target.component)?.significance ?? 0;
  const failing = troubles.get("failures")?.get(target.component)?.significance ?? 0;
  if (Math.max(slow, failing) < 0.5) return null;
  return failing >= slow ? "failures" : "latency";
}
