import type { Subject } from "../inspections/finding.ts";

/*
 * How much each sign weighs, in log-odds at full strength. The alternatives of one failure (each component with or without a change,
 * a surge of traffic, and "none of these") share one certainty by a conditional logit (McFadden 1974).
 */
export const observedWeights = {
  // About a component.
  strength: 3.02,
  lead: 1.48,
  lead_wide: 1.31,
  early_lead: 0.66,
  early_lead_wide: 1.25,
  first: 0.22,
  first_wide: 1.29,
  agreement: 0.95,
  healthy: -1.92,
  saturation: 0.25,
  own_measure: 0.88,
  store_measure: 0.46,
  restarts: 0.6,
  host_short: 1.79,
  takes_from_neighbours: 1.78,
  callee_troubled: -1.23,
  calls_troubled: 0,
  not_owned: 0.69,
  log_cause: 1.82,
  log_pool: 1.03,
  log_new: 0,
  log_names: 0,
  silent: 1.64,
  passing: -2.28,
  // About a change.
  change_near: 4.61,
  change_without_trail: 0.08,
  change_outpaced: -1.4,
  change_too_late: -8,
  // About traffic, and about nothing being the cause.
  surge: 5.55,
  storm: 2,
  no_surge: -4.05,
  calm: 3.67,
  target_steady: 2.18,
  recovered: 0.44,
  // What people said of such causes comes in log-odds already.
  learned: 1,
} as const;

/** What an alternative starts from. */
export const startingOdds = { component: -0.71, change: -0.96, traffic: 0.26, unknown: -0.59 } as const;

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
