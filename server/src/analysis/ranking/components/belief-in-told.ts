import type { Observations } from "../../observations/observations.ts";
import type { Credit } from "./modality.ts";

/**
 * 0..1 by component: how far its spans are believed. Those of who wrote none itself were told by its callers; where none of
 * these is believed they say little of it.
 */
export function beliefInTold({ links }: Pick<Observations, "links">, credit: Credit): (component: string) => number {
  const callers = new Map<string, string[]>();
  for (const { from, to, isOpen } of links ?? [])
    if (isOpen === true) callers.set(to, [...(callers.get(to) ?? []), from]);
  return (component) => {
    const own = callers.get(component);
    return own === undefined ? 1 : Math.max(...own.map((caller) => credit(caller, component)));
  };
}
