import type { Usual } from "../../../analysis/detection/detectors/stream.ts";
import { type Detector, detectorOf } from "../detectors/built-in-detectors.ts";
import { loadDetectors, newestDetectors } from "../detectors/list-detectors.ts";
import { joinNeighbours } from "./join-neighbours.ts";
import { lookAtOwn } from "./look-at-own.ts";
import { lookAtRestarts } from "./look-at-restarts.ts";
import { lookAtStreams } from "./look-at-streams.ts";
import type { SentinelDeps } from "./open-trigger.ts";
import { loadStanding, type Settled, settleSightings } from "./settle-sightings.ts";
import { readUsual, recordHours } from "./usual-hours.ts";
import { readSlowStreams, readStreams, SERIES_MAX, type StreamPlace, type WatchedStream } from "./watched-streams.ts";

const SLOW_EVERY_MS = 60_000;
const CUT_TOLD_EVERY_MS = 3_600_000;

/** What is remembered of a project from look to look; a process that takes over begins with none of it. */
export interface ProjectMemory {
  nextHourMs: number | null;
  usual: { readonly hourMs: number; readonly of: (place: StreamPlace) => Usual } | null;
  slow: { readonly atMs: number; readonly streams: Map<string, WatchedStream> } | null;
  /** When it was last logged that there is more than a look reads. */
  cutToldAtMs: number | null;
}

export function emptyMemory(): ProjectMemory {
  return { nextHourMs: null, usual: null, slow: null, cutToldAtMs: null };
}

export interface Look extends Settled {
  /** Streams and other series that were judged. */
  readonly sightings: number;
}

/**
 * Looks at a project once: reads its streams, asks its detectors, settles what they saw, and makes one incident of what one failure opened in several services. A handful of reads whatever the
 * number of its services: the streams, the counts of restarts, each minute the last six hours, each hour the one before, and the series of
 * its own conditions where it has any.
 */
export async function watchProject(deps: SentinelDeps, projectId: string, memory: ProjectMemory): Promise<Look> {
  const { database, telemetry, log } = deps;
  const now = deps.now();
  memory.nextHourMs = await recordHours(deps, projectId, now, memory.nextHourMs);
  const streams = await readStreams(telemetry, projectId, now, () => {
    if (memory.cutToldAtMs !== null && now.getTime() - memory.cutToldAtMs < CUT_TOLD_EVERY_MS) return;
    memory.cutToldAtMs = now.getTime();
    log.warn(
      { projectId, seriesMax: SERIES_MAX },
      "more series than one look reads: not every route is watched, every service is",
    );
  });
  const detectorsOf = await loadDetectors(database.db, projectId);
  const standing = await loadStanding(deps, projectId);
  if (streams.size > 0 && (memory.slow === null || now.getTime() - memory.slow.atMs >= SLOW_EVERY_MS))
    memory.slow = { atMs: now.getTime(), streams: await readSlowStreams(telemetry, projectId, now) };
  const hourMs = Math.floor(now.getTime() / 3_600_000) * 3_600_000;
  if (memory.usual?.hourMs !== hourMs) memory.usual = { hourMs, of: await readUsual(database, projectId, now) };
  const sightings = [
    ...lookAtStreams({
      ...{ streams, detectorsOf, slow: memory.slow?.streams ?? new Map(), usualOf: memory.usual.of },
      standing: new Map([...standing].map(([key, { facts }]) => [key, { baseline: facts.baseline }])),
    }),
    ...(await lookAtRestarts(telemetry, projectId, detectorsOf, now)),
    ...(await lookAtOwn(deps, projectId, detectorsOf, await ownDetectors(deps, projectId), now)),
  ];
  const settled = await settleSightings(deps, projectId, { sightings, standing, streams });
  await joinNeighbours(deps, projectId);
  return { ...settled, sightings: sightings.length };
}

/** Every enabled condition of the project's own, of whatever service, so that one read has all their series. */
async function ownDetectors(
  { database }: SentinelDeps,
  projectId: string,
): Promise<readonly Extract<Detector, { kind: "custom" }>[]> {
  const rows = await newestDetectors(database.db, projectId);
  return rows
    .filter(({ kind, is_enabled }) => kind === "custom" && is_enabled)
    .map((row) => detectorOf(row.name, row.kind, row.is_enabled, row.settings))
    .filter((one) => one.kind === "custom");
}
