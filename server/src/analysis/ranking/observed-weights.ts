import type { Subject } from "../inspections/finding.ts";

/*
 * How much each sign weighs, in log-odds at full strength. The alternatives of one failure (each component with or without a change, a surge
 * of traffic, and "none of these") share one certainty by a conditional logit (McFadden 1974), so that a confidence is a probability.
 *
 * Fitted by `npm run eval -- calibrate` on generated scenarios (53 kinds, seeds 1 to 5), with a ridge of 1 towards weights set by hand, and each weight kept to
 * the sign that reason gives it. No public data set took part. Not fitted: `change_too_late`, because an effect does not come before its cause;
 * `change_without_trail`, because a change that nobody reviewed is looked at first; `learned`, which comes in log-odds already.
 */
export const observedWeights = {
  // About a component.
  strength: 2.86,
  lead: 1.09,
  lead_wide: 1.41,
  early_lead: 0.78,
  early_lead_wide: 1.41,
  first: 0.2,
  first_wide: 1.17,
  agreement: 1.62,
  healthy: -2.27,
  saturation: 0.16,
  own_measure: 1.17,
  store_measure: 1.12,
  restarts: 0.6,
  host_short: 2.27,
  takes_from_neighbours: 1.73,
  callee_troubled: -1.06,
  calls_troubled: 0,
  not_owned: 0.7,
  log_cause: 1.96,
  log_pool: 1.34,
  log_new: 0,
  log_names: 0,
  silent: 1.64,
  passing: -2.54,
  // About a change.
  change_near: 4.73,
  change_without_trail: 0.3,
  change_outpaced: -1.39,
  change_too_late: -8,
  // About traffic, and about nothing being the cause.
  surge: 5.6,
  storm: 2,
  no_surge: -4.07,
  calm: 3.81,
  target_steady: 2.37,
  recovered: 0.34,
  // What people said of such causes comes in log-odds already.
  learned: 1,
} as const;

/** What an alternative starts from. */
export const startingOdds = { component: -0.64, change: -0.89, traffic: 0.31, unknown: -0.78 } as const;

/**
 * How much more the odds say than their plain sum: the inverse of a temperature of the shares (temperature scaling, Guo et al. 2017). Without it first causes were
 * right more often than they said: several alternatives of a case can be right, of which the first holds only its own share, and the ridge keeps weights
 * smaller than the cases alone would have them. Fitted by `npm run eval -- calibrate --sharpness --seeds 1-3` on generated scenarios (159 cases, all
 * 53 kinds) by the likelihood of the first cause's being right; with a quarter of the kinds left out it came to between 1.26 and 1.62. One number for every
 * case, and no public data set took part.
 */
export const sharpness = 1.37;

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
