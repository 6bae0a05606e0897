import type { Subject } from "../inspections/finding.ts";

/*
 * How much each sign weighs, in log-odds at full strength. The alternatives of one failure (each component with or without a change, a surge
 * of traffic, and "none of these") share one certainty by a conditional logit (McFadden 1974), so that a confidence is a probability.
 *
 * Fitted by `npm run eval -- calibrate --seeds 1-8 --ridge 30` on generated scenarios (55 kinds, 440 cases), with a ridge of 30 towards weights that were fitted before
 * on fewer kinds and at first set by hand, and each weight kept to the sign that reason gives it. A smaller ridge fits these cases better and others no better: fitted on half of the
 * seeds, it named fewer right causes in the other half (0.948 against 0.958). `surge_explains` and `change_served` came later and were fitted beside the others, which stayed
 * (`--only surge_explains,change_served --ridge 1`), on the six kinds of `evals/src/scenarios/kinds/surges.ts` (seeds 1 to 8) and one seed of every other kind; they had been set to -5 and -3 by
 * hand. No public data set took part. Not fitted: `change_too_late`, because an
 * effect does not come before its cause; `change_without_trail`, because a change that nobody reviewed is looked at first; `learned`, which comes in log-odds already; and what
 * was found to say nothing, which is told in a report and weighs 0.
 */
export const observedWeights = {
  // About a component.
  strength: 3.03,
  lead: 1.21,
  lead_wide: 1.43,
  early_lead: 0.86,
  early_lead_wide: 1.39,
  first: 0.44,
  first_wide: 1.03,
  agreement: 1.58,
  healthy: -2.37,
  saturation: 0.13,
  own_measure: 1.18,
  store_measure: 1.12,
  restarts: 0.6,
  host_short: 2.43,
  takes_from_neighbours: 1.74,
  callee_troubled: -0.97,
  calls_troubled: 0,
  not_owned: 0.69,
  log_cause: 1.81,
  log_pool: 1.51,
  log_new: 0,
  log_names: 0,
  silent: 1.77,
  passing: -2.54,
  surge_explains: -5.24,
  // About a change.
  change_near: 4.85,
  change_without_trail: 0.3,
  change_outpaced: -1.42,
  change_served: -3.59,
  change_too_late: -8,
  // About traffic, and about nothing being the cause.
  surge: 5.61,
  storm: 2.08,
  no_surge: -4.07,
  calm: 3.89,
  target_steady: 2.47,
  recovered: 0.33,
  // What people said of such causes comes in log-odds already.
  learned: 1,
} as const;

/** What an alternative starts from. */
export const startingOdds = { component: -0.89, change: -0.79, traffic: 0.42, unknown: -0.74 } as const;

/**
 * How much more the odds say than their plain sum: the inverse of a temperature of the shares (temperature scaling, Guo et al. 2017). Without it first causes were
 * right more often than they said: several alternatives of a case can be right, of which the first holds only its own share, and the ridge keeps weights
 * smaller than the cases alone would have them. Fitted with the weights, by the likelihood of the first cause's being right; fitted on half of the seeds it came to between 1.47
 * and 1.86. One number for every case, and no public data set took part.
 */
export const sharpness = 1.61;

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
