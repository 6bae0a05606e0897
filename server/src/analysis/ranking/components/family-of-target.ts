import type { Observations } from "../../observations/observations.ts";
import type { ComponentTrouble, TroubleFamily } from "./component-trouble.ts";

/** What kind of trouble with calls was noticed: by the target's measure where it says so, else by what is surest at the target; null where neither tells. */
export function familyOfTarget(
  observations: Observations,
  troubles: ReadonlyMap<string, ComponentTrouble>,
): TroubleFamily | null {
  const { target } = observations;
  if (target === null) return null;
  if (target.measure === "latency") return "latency";
  if (target.measure === "errors" || target.measure === "availability") return "failures";
  const own = troubles.get(target.component);
  const slow = own?.latency?.significance ?? 0;
  const failing = own?.failures?.significance ?? 0;
  // Calls that fail are often slow as well, by waiting for what does not come: both count.
  if (Math.min(slow, failing) > 0.5 || Math.max(slow, failing) < 0.5) return null;
  return failing >= slow ? "failures" : "latency";
}
