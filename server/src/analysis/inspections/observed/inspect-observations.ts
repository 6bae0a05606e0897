import type { ComponentScore } from "../../observations/component-score.ts";
import type { Observations } from "../../observations/observations.ts";
import type { World } from "../../world/world.ts";
import { absentData } from "./absent-data.ts";
import { changeProximity } from "./change-proximity.ts";
import { demand } from "./demand.ts";
import { dependencyTrouble } from "./dependency-trouble.ts";
import { earlyWindow } from "./early-window.ts";
import { firstOnset } from "./first-onset.ts";
import { logWords } from "./log-words.ts";
import { noisyNeighbour } from "./noisy-neighbour.ts";
import { notOwned } from "./not-owned.ts";
import { type Observed, observe } from "./observed.ts";
import type { ObservedFinding } from "./observed-finding.ts";
import { ownHealth } from "./own-health.ts";
import { ownMeasures } from "./own-measures.ts";
import { passing } from "./passing.ts";
import { saturation } from "./saturation.ts";
import { servedWell } from "./served-well.ts";
import { surgeExplains } from "./surge-explains.ts";
import { unusualComponent } from "./unusual-component.ts";
import { wholePicture } from "./whole-picture.ts";

const inspections: readonly ((observed: Observed) => ObservedFinding[])[] = [
  unusualComponent,
  earlyWindow,
  firstOnset,
  ownHealth,
  saturation,
  ownMeasures,
  noisyNeighbour,
  dependencyTrouble,
  notOwned,
  logWords,
  absentData,
  changeProximity,
  servedWell,
  passing,
  demand,
  surgeExplains,
  wholePicture,
];

/** Runs every inspection over observations and the scores of their components. Pure and deterministic. */
export function inspectObservations(
  world: World,
  observations: Observations,
  scores: readonly ComponentScore[],
): { readonly observed: Observed; readonly findings: readonly ObservedFinding[] } {
  const observed = observe(world, observations, scores);
  const empty = emptySeries(observed);
  const findings = inspections
    .flatMap((inspection) => inspection(observed))
    .filter(({ inspection, evidence }) => inspection === "absent_data" || !empty.has(evidence.ref));
  return { observed, findings };
}

/** Series without a value before or in the trouble: nothing can be said of them but that they are missing. */
function emptySeries({ seriesOf }: Observed): ReadonlySet<string> {
  return new Set(
    [...seriesOf.values()]
      .flat()
      .filter(({ shift }) => shift.pointsBefore === 0 || shift.pointsDuring === 0)
      .map(({ series }) => series.ref),
  );
}
