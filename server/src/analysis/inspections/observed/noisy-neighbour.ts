import type { Measure } from "../../observations/observations.ts";
import {
  nameOf,
  type Observed,
  type ShiftedSeries,
  seriesEvidence,
  strengthOfComponent,
  unusualMin,
} from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";
import { strengthOf } from "./series-shift.ts";

/**
 * A host on which several components are unusual together, or whose own resources run short: what they share is the likelier cause than
 * each of them. Of its residents the one that takes the resource is the neighbour, the others suffer.
 */
export function noisyNeighbour(observed: Observed): ObservedFinding[] {
  const byHost = new Map<string, string[]>();
  for (const { key, partOf } of observed.observations.components)
    if (partOf !== null && observed.componentOf.get(partOf)?.kind === "host")
      byHost.set(partOf, [...(byHost.get(partOf) ?? []), key]);
  return [...byHost].flatMap(([host, residents]): ObservedFinding[] => {
    const unusual = residents.filter((key) => strengthOfComponent(observed.scoreOf.get(key)) >= unusualMin);
    const short = hostTroubleOf(observed, host);
    const hostName = nameOf(observed, host);
    const findings: ObservedFinding[] = [];
    if (short !== null) {
      const about = findingAbout("noisy_neighbour", { kind: "component", key: host });
      findings.push(
        about({
          feature: "host_short",
          value: strengthOf(short.harm) * (0.3 + (0.7 * unusual.length) / residents.length),
          text: `${short.series.metric} of ${hostName} went up by ${short.harm.toFixed(1)} robust standard deviations, and ${unusual.length} of ${residents.length} components on it are unusual`,
          evidence: seriesEvidence(short, hostName),
          cause: "infra",
          pattern: "host",
        }),
      );
      const taker = residents
        .flatMap((key) => risesOf(observed, key, short.series.measure) ?? [])
        .sort((a, b) => b.harm - a.harm)
        .at(0);
      if (taker !== undefined && residents.length > 1)
        findings.push(
          findingAbout("noisy_neighbour", { kind: "component", key: taker.series.component })({
            feature: "takes_from_neighbours",
            value: strengthOf(taker.harm),
            text: `${nameOf(observed, taker.series.component)} takes more ${taker.series.measure} than before on ${hostName}, which runs short of it`,
            evidence: seriesEvidence(taker, nameOf(observed, taker.series.component)),
            cause: "infra",
            pattern: "noisy_neighbour",
          }),
        );
    }
    return findings;
  });
}

/** What a host has more of than usual, most first: load, drops, errors. That it does less is no trouble of its own. */
function hostTroubleOf(observed: Observed, key: string): ShiftedSeries | null {
  const up = (observed.seriesOf.get(key) ?? []).filter(
    ({ harm, shift }) => harm > 3.5 && (shift.z > 2 || shift.up > 4),
  );
  return up.sort((a, b) => b.harm - a.harm)[0] ?? null;
}

/** The series of a component that rose most of the resource that its host runs short of, or null. */
function risesOf(observed: Observed, key: string, measure: Measure): ShiftedSeries | null {
  const rises = (observed.seriesOf.get(key) ?? []).filter(
    ({ series, harm, shift }) =>
      series.measure === measure && (measure === "cpu" || measure === "memory") && harm > 4 && shift.z > 2,
  );
  return rises.sort((a, b) => b.harm - a.harm)[0] ?? null;
}
