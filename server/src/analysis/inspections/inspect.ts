import type { World } from "../world/world.ts";
import { calledSymbol } from "./called-symbol.ts";
import { clientTraffic } from "./client-traffic.ts";
import { type Inspected, inspectWorld } from "./context.ts";
import { dependencyBump } from "./dependency-bump.ts";
import { deployedRange } from "./deployed-range.ts";
import { failingLine } from "./failing-line.ts";
import type { Finding } from "./finding.ts";
import { nothingFound } from "./nothing-found.ts";
import { outsideDependency } from "./outside-dependency.ts";
import { ownPaths } from "./own-paths.ts";
import { recurrence } from "./recurrence.ts";
import { reportedConfigChange } from "./reported-config-change.ts";
import { repositoryConfig } from "./repository-config.ts";
import { rolledBack } from "./rolled-back.ts";
import { servedRoute } from "./served-route.ts";
import { sharedNames } from "./shared-names.ts";
import { touchedCode } from "./touched-code.ts";
import { tunedNumbers } from "./tuned-numbers.ts";

const inspections: readonly ((inspected: Inspected) => Finding[])[] = [
  touchedCode,
  calledSymbol,
  sharedNames,
  dependencyBump,
  repositoryConfig,
  tunedNumbers,
  failingLine,
  deployedRange,
  servedRoute,
  rolledBack,
  ownPaths,
  reportedConfigChange,
  outsideDependency,
  clientTraffic,
  recurrence,
  nothingFound,
];

/** Runs every inspection over a world. Pure: the same world gives the same findings. */
export function inspect(world: World): { readonly findings: readonly Finding[]; readonly inspected: Inspected } {
  const inspected = inspectWorld(world);
  return { inspected, findings: inspections.flatMap((inspection) => inspection(inspected)) };
}
