import type { HypothesisType } from "@culprit/contract";
import type { Component, ObservedChange } from "../observations/observations.ts";

/** What advice is given on. */
export interface Advisable {
  readonly type: HypothesisType;
  readonly change: ObservedChange | null;
  readonly component: Component | null;
  readonly callers: readonly string[];
  /** What was seen (`pool_exhaustion`, `restarts`…). */
  readonly patterns: readonly string[];
}

/**
 * The first thing to do about a cause, mitigation before repair. A longer timeout or more retries alone is never advised: it moves the queue from one place to
 * another, and retries multiply the load on what is already in trouble.
 */
export function advise({ type, change, component, callers, patterns }: Advisable): string {
  const name = component?.name ?? "the component";
  const reach =
    callers.length === 0 ? "nobody else is known to call it" : `${callers.slice(0, 5).join(", ")} would feel it`;
  if (change !== null) {
    switch (change.kind) {
      case "deployment":
        return `Roll ${name} back to what ran before (${change.title}); ${reach}.`;
      case "rollback":
        return `Look at what the rollback took out (${change.title}): deploy the newer revision of ${name} again if that was needed; ${reach}.`;
      case "flag":
        return `Turn the flag back (${change.title}); only requests that it covers change, ${reach}.`;
      case "config":
        return `Set the old values back (${change.title}); ${reach}.`;
      case "migration":
        return `Look at the plans of the queries that the migration touches (${change.title}), and add what it took away (an index, a column) before anything is taken back; data written since must be kept.`;
      case "scaling":
      case "infrastructure":
        return `Undo it (${change.title}); ${reach}.`;
    }
  }
  if (component?.isOwned === false || component?.kind === "external")
    return `${name} is not yours to mend: at ${callers.slice(0, 3).join(", ") || "its caller"}, fail fast (circuit breaker, cached or degraded answer) and tell whoever runs ${name}.`;
  if (type === "traffic")
    return `Add capacity or shed load at ${name}; check limits of scaling, connection pools and what it calls before you do.`;
  if (patterns.includes("pool_exhaustion"))
    return `Find what holds connections of ${name} (long transactions, leaked connections); ending those frees the pool at once.`;
  if (patterns.includes("locks")) return `End the session that holds the locks in ${name}, then look at what it ran.`;
  if (type === "db")
    return `Look at the slowest statements of ${name} and their plans, and at what began to send them.`;
  if (patterns.includes("noisy_neighbour") || patterns.includes("host"))
    return `Move or limit what takes the resources that ${name} runs short of; the others on it recover by themselves.`;
  if (patterns.includes("restarts"))
    return `Look at why ${name} was ended (exit code, memory limit, health check) before you raise a limit.`;
  if (type === "infra") return `Give ${name} room (another instance, another host) and look at what used it up.`;
  return `Look at ${name} first: its newest errors, slow operations and what it calls; ${reach}.`;
}
