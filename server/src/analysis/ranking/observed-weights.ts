import type { Subject } from "../inspections/finding.ts";

/*
 * How much each sign weighs, in log-odds at full strength. The alternatives of one failure (each component with or without a change,
 * a surge of traffic, and "none of these") share one certainty by a conditional logit (McFadden 1974).
 */
export const observedWeights = {
  // About a component.
  strength: 2.5,
  lead: 4,
  lead_wide: 1.5,
  early_lead: 1.5,
  early_lead_wide: 3,
  first: 0.5,
  first_wide: 3,
  agreement: 0.8,
  healthy: -2,
  saturation: 0.3,
  restarts: 0.6,
  host_short: 1,
  takes_from_neighbours: 0.5,
  callee_troubled: -1,
  calls_troubled: 0.5,
  not_owned: 0,
  log_cause: 1.5,
  log_pool: 0.3,
  log_new: 0.6,
  log_names: 0.2,
  silent: 1,
  // About a change.
  change_near: 3,
  change_without_trail: 0.3,
  change_outpaced: -0.7,
  change_too_late: -8,
  // About traffic, and about nothing being the cause.
  surge: 5,
  storm: 2,
  no_surge: -4,
  calm: 3,
  target_steady: 2,
  recovered: 0.5,
  // What people said of such causes comes in log-odds already.
  learned: 1,
} as const;

/** What an alternative starts from. */
export const startingOdds = { component: 0, change: -1, traffic: -1, unknown: 0 } as const;

/** The name under which the start of a subject's alternative is fitted. */
export function startingOf(subject: Subject): `start:${keyof typeof startingOdds}` {
  switch (subject.kind) {
    case "component":
      return "start:component";
    case "change":
    case "config_change":
      return "start:change";
    case "traffic":
      return "start:traffic";
    case "commit":
    case "outside":
    case "unknown":
      return "start:unknown";
  }
}
