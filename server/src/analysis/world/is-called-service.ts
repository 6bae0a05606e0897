import type { World } from "./world.ts";

/**
 * Whether the incident's service is known to call another one, by itself or through others: along the calls that telemetry saw, or by a call that was
 * recorded before the failure. One that calls the incident's service is none: that it failed too tells of this failure, not of another.
 */
export function isCalledService({ observed, incident }: World, service: string): boolean {
  if (service === incident.service) return false;
  if (incident.outgoing.some(({ url }) => hostOf(url) === service.toLowerCase())) return true;
  if (observed === null || incident.service === null) return false;
  const { components, edges, target } = observed;
  const keysOf = (name: string) =>
    components.filter((one) => one.kind === "service" && one.name === name).map(({ key }) => key);
  const own = target === null ? keysOf(incident.service) : [target.component];
  const others = keysOf(service);
  return leadsTo(edges, own, others) && !leadsTo(edges, others, own);
}

function leadsTo(
  edges: readonly { readonly from: string; readonly to: string }[],
  from: readonly string[],
  to: readonly string[],
): boolean {
  const reached = new Set(from);
  for (const key of reached) for (const edge of edges) if (edge.from === key) reached.add(edge.to);
  return to.some((key) => reached.has(key));
}

/** The first label of a URL's host, which names a service inside a cluster. */
function hostOf(url: string): string {
  return (/^\w+:\/\/([^/?#:.]+)/.exec(url)?.[1] ?? "").toLowerCase();
}
