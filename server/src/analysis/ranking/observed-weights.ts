import type { Subject } from "../inspections/finding.ts";

/*
 * How much each sign weighs, in log-odds at full strength. The alternatives of one failure (each component with or without a change, a surge
 * of traffic, and "none of these") share one certainty by a conditional logit (McFadden 1974), so that a confidence is a probability.
 *
 * Fitted by `npm run eval -- calibrate --seeds 1-8 --ridge 30` on generated scenarios (61 kinds, 488 cases), with a ridge of 30 towards weights that were fitted before
 * on fewer kinds and at first set by hand, and each weight kept to the sign that reason gives it. A smaller ridge fits these cases better and others no better: fitted on half of the
 * seeds of 55 kinds, it named fewer right causes in the other half (0.948 against 0.958). On kinds left out of a fit it names 0.932 right (0.939 on those it was fitted on). No public data set took part.
 * Not fitted: `change_too_late`, because an
 * effect does not come before its cause; `change_without_trail`, because a change that nobody reviewed is looked at first; `learned`, which comes in log-odds already; and what
 * was found to say nothing, which is told in a report and weighs 0.
 */
export const observedWeights = {
  // About a component.
  strength: 3.18,
  lead: 1.29,
  lead_wide: 1.43,
  early_lead: 0.9,
  early_lead_wide: 1.35,
  first: 0.66,
  first_wide: 0.86,
  agreement: 1.54,
  healthy: -2.46,
  saturation: 0.1,
  own_measure: 1.2,
  store_measure: 1.12,
  restarts: 0.6,
  host_short: 2.58,
  takes_from_neighbours: 1.75,
  callee_troubled: -0.89,
  calls_troubled: 0,
  not_owned: 0.66,
  log_cause: 1.68,
  log_pool: 1.65,
  log_new: 0,
  log_names: 0,
  silent: 1.89,
  passing: -2.55,
  surge_explains: -5.28,
  // About a change.
  change_near: 4.88,
  change_without_trail: 0.3,
  change_outpaced: -1.41,
  change_served: -3.62,
  change_too_late: -8,
  // About traffic, and about nothing being the cause.
  surge: 5.7,
  storm: 2.08,
  no_surge: -4.07,
  calm: 3.95,
  target_steady: 2.55,
  recovered: 0.32,
  // What people said of such causes comes in log-odds already.
  learned: 1,
} as const;

/** What an alternative starts from. */
export const startingOdds = { component: -1.07, change: -0.73, traffic: 0.53, unknown: -0.73 } as const;

/**
 * How much more the odds say than their plain sum: the inverse of a temperature of the shares (temperature scaling, Guo et al. 2017). Without it first causes were
 * right more often than they said: several alternatives of a case can be right, of which the first holds only its own share, and the ridge keeps weights
 * smaller than the cases alone would have them. Fitted with the weights, by the likelihood of the first cause's being right; fitted on half of the seeds it came to between 1.47
 * and 1.86. One number for every case, and no public data set took part.
 */
export const sharpness = 1.59;

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
    case "named":
    case "unknown":
      return "start:unknown";
  }
}
