import type { Subject } from "../inspections/finding.ts";

/*
 * How much each sign weighs, in log-odds at full strength. The alternatives of one failure (each component with or without a change,
 * a surge of traffic, and "none of these") share one certainty by a conditional logit (McFadden 1974).
 */
export const observedWeights = {
  // About a component.
  strength: 2.76,
  lead: 1.77,
  lead_wide: 1.42,
  early_lead: 0.38,
  early_lead_wide: 3.03,
  first: 0,
  first_wide: 1.98,
  agreement: 1.41,
  healthy: -3.19,
  saturation: 0.09,
  restarts: 0.62,
  host_short: 1.37,
  takes_from_neighbours: 1.27,
  callee_troubled: -1.61,
  calls_troubled: 0,
  not_owned: 0.6,
  log_cause: 1.61,
  log_pool: 0.43,
  log_new: 0,
  log_names: 0.54,
  silent: 1.58,
  passing: -1.44,
  // About a change.
  change_near: 5.04,
  change_without_trail: 0.32,
  change_outpaced: -1.12,
  change_too_late: -8,
  // About traffic, and about nothing being the cause.
  surge: 5.62,
  storm: 2,
  no_surge: -4.03,
  calm: 3.68,
  target_steady: 1.74,
  recovered: 0.44,
  // What people said of such causes comes in log-odds already.
  learned: 1,
} as const;

/** What an alternative starts from. */
export const startingOdds = { component: -0.4, change: -0.89, traffic: -0.21, unknown: -0.49 } as const;

/** The name under which the start of a subject's alternative is fitted. */
export function startingOf(subject: Subject): `start:${keyof typeof startingOdds}` {
  switch (subject.kind) {
    case "component":
      return "start:component";
    case "change":
    case "config_change":
    case "rollback":
      return "start:change";
    case "traffic":
      return "start:traffic";
    case "commit":
    case "outside":
    case "unknown":
      return "start:unknown";
  }
}
