import type { World } from "./world.ts";

/** Whether a world is observations and nothing else: no code, no error and no deployment was read, so nothing is said of them. */
export function isOfTelemetryAlone({
  observed,
  incident,
  frames,
  revisions,
  configChanges,
  codeMissing,
}: World): boolean {
  return (
    observed !== null &&
    codeMissing !== null &&
    incident.occurrences === 0 &&
    frames.length === 0 &&
    revisions.length === 0 &&
    configChanges.length === 0
  );
}
