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
    const short = shortOf(observed, host);
    const hostName = nameOf(observed, host);
    const findings: ObservedFinding[] = [];
    if (short !== null) {
      const about = findingAbout("noisy_neighbour", { kind: "component", key: host });
      findings.push(
        about({
          feature: "host_short",
          value: strengthOf(short.harm),
          text: `${hostName} runs short of ${short.series.measure}, and ${unusual.length} of ${residents.length} components on it are unusual`,
          evidence: seriesEvidence(short, hostName),
          cause: "infra",
          pattern: "host",
        }),
      );
      const taker = residents
        .flatMap((key) => shortOf(observed, key) ?? [])
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

/** The processor, memory or saturation series of a component that ran short most, or null. */
function shortOf(observed: Observed, key: string): ShiftedSeries | null {
  const short = (observed.seriesOf.get(key) ?? []).filter(
    ({ series, harm }) => ["cpu", "memory", "saturation"].includes(series.measure) && harm > 4,
  );
  return short.sort((a, b) => b.harm - a.harm)[0] ?? null;
}
