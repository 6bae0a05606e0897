import { nothingLearned } from "../learning/learned.ts";
import type { Observations } from "../observations/observations.ts";
import type { World } from "./world.ts";

/**
 * A world that holds observations and nothing else: no code, no frames, no deployment timeline. Its incident is the trouble of
 * the observations, at the component where it was noticed.
 */
export function worldOfObservations(observations: Observations): World {
  const { incident, target } = observations;
  const at = (ms: number) => (Number.isFinite(ms) ? new Date(ms).toISOString() : new Date(0).toISOString());
  const name = observations.components.find((one) => one.key === target?.component)?.name ?? target?.component ?? null;
  return {
    readAt: at(incident.to),
    incident: {
      id: "observations",
      title: name === null ? "Trouble of unknown place" : `Trouble at ${name}`,
      exceptions: [],
      environment: "unknown",
      service: target?.component ?? null,
      route: null,
      httpStatus: null,
      firstAt: at(incident.from),
      lastAt: at(incident.to),
      occurrences: 0,
      isRegression: false,
      byRevision: [],
      outgoing: [],
    },
    frames: [],
    revisions: [],
    running: null,
    before: null,
    watchBefore: null,
    range: null,
    earlierCommits: [],
    regions: [],
    packages: [],
    sources: new Map(),
    blame: { ranAt: "", places: [], blamed: [], touching: [] },
    olderCommits: new Map(),
    configChanges: [],
    alike: [],
    related: [],
    traceMates: [],
    ownPaths: [],
    owner: null,
    codeMissing: "no repository was looked at",
    isHistoryCut: false,
    observed: observations,
    learned: nothingLearned,
  };
}
