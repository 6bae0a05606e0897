import type { ObservedChange } from "../../observations/observations.ts";
import { spanOf } from "../span-of.ts";
import { changeEvidence, isMeasured, nameOf, type Observed, subjectOfChange } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";

/** Clocks of reporters differ, and series have steps: what is this little late may still be the cause. */
const skewMs = 60_000;
/** A change that is older than this explains nothing by its time. */
const reachMs = 6 * 3_600_000;

/**
 * Changes shortly before the trouble, by time, kind and place. One made after the trouble began did not begin it. A change without
 * a trail in git (config, flag, migration, scaling) is looked at first: nobody reviewed it, and the deployment log does not show it.
 */
export function changeProximity(observed: Observed): ObservedFinding[] {
  const { world, observations } = observed;
  return observations.changes.flatMap((change): ObservedFinding[] => {
    const onsetAt = onsetFor(observed, change);
    const lagMs = onsetAt - change.at;
    if (lagMs > reachMs) return [];
    const step = stepOf(observed);
    const about = findingAbout("change_proximity", subjectOfChange(world, change));
    const evidence = changeEvidence(change);
    const what = `${change.title} (${change.kind})`;
    if (lagMs < -(skewMs + step))
      return [
        about({
          feature: "change_too_late",
          value: 1,
          text: isMeasured(observed)
            ? `the trouble began ${spanOf(-lagMs)} before ${what}`
            : `${what} was made ${spanOf(-lagMs)} after the time that was asked about began`,
          evidence,
        }),
      ];
    const near = Math.exp(-Math.max(0, lagMs) / 900_000);
    const findings = [
      about({
        feature: "change_near",
        value: near,
        text: `${what} was made ${spanOf(Math.max(0, lagMs))} before ${begun(observed, change)}`,
        evidence,
      }),
    ];
    if (isGhost(change))
      findings.push(
        about({
          feature: "change_without_trail",
          value: near,
          text: `${what} did not come with a deployment, so no review or release shows it`,
          evidence,
        }),
      );
    const others = observations.changes.filter(
      (one) => one.id !== change.id && Math.abs(onsetAt - one.at) < reachMs && one.at <= onsetAt + skewMs + step,
    );
    if (others.length > 0) {
      const nearer = others.filter((one) => onsetFor(observed, one) - one.at < lagMs).length;
      if (nearer > 0)
        findings.push(
          about({
            feature: "change_outpaced",
            value: Math.min(1, nearer / 2),
            text: `${nearer} ${nearer === 1 ? "change was" : "changes were"} made nearer to the trouble`,
            evidence,
          }),
        );
    }
    return findings;
  });
}

function begun(observed: Observed, { component }: ObservedChange): string {
  if (!isMeasured(observed)) return "the time that was asked about";
  return `the trouble began${component === null ? "" : ` at ${nameOf(observed, component)}`}`;
}

/** When the trouble began where the change was made; elsewhere when it began at all. */
export function onsetFor(observed: Observed, change: ObservedChange): number {
  const own = change.component === null ? undefined : observed.onsetOf.get(change.component);
  return own ?? observed.onsetAt;
}

export function isGhost(change: ObservedChange): boolean {
  return change.kind !== "deployment" && change.kind !== "rollback";
}

/** The usual distance of two values: an onset is not known more precisely. */
export function stepOf({ observations }: Observed): number {
  const gaps = observations.series
    .slice(0, 50)
    .flatMap(({ times }) =>
      times.length > 1 ? ((times[times.length - 1] ?? 0) - (times[0] ?? 0)) / (times.length - 1) : [],
    );
  if (gaps.length === 0) return 60_000;
  return Math.min(300_000, [...gaps].sort((a, b) => a - b)[gaps.length >> 1] ?? 60_000);
}
