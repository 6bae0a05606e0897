import type { FileDiff } from "../diff/parse-diff.ts";

/** A past incident as far as a diff can touch it. */
export interface PastIncident {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly severity: "critical" | "high" | "medium" | "low";
  readonly occurredAt: Date;
  readonly isRegression: boolean;
  /** The project's own frames, the failing one first. Paths from the repository's root. */
  readonly frames: readonly { readonly path: string; readonly line: number | null; readonly function: string | null }[];
  readonly culprit: {
    readonly commit: string;
    /** A person confirmed it, or the verdict says so. */
    readonly isConfirmed: boolean;
    readonly paths: readonly string[];
  } | null;
  readonly evidenceIds: readonly string[];
}

export interface Touch {
  readonly incident: PastIncident;
  /** 0 to 1. */
  readonly weight: number;
  /** In words, strongest first. */
  readonly reasons: readonly string[];
  readonly paths: readonly string[];
}

const halfLifeDays = 180;
const severityWeight = { critical: 1, high: 0.9, medium: 0.75, low: 0.6 } as const;
const nearLines = 5;

/**
 * Which past incidents a diff touches. Where it touches one: a changed line at the failing one (0.9), in the function that failed
 * (0.8, told by git's hunk heading), elsewhere in the failing file (0.4), in a further frame's function (0.5) or file (0.25), or in a file
 * that the culprit commit changed too (0.3, confirmed 0.5). The parts add up as independent chances; a confirmed culprit counts 1.25 times,
 * a regression 1.2 times; less severe and older ones (half after 180 days) weigh less. Strongest first.
 */
export function touchedIncidents(files: readonly FileDiff[], incidents: readonly PastIncident[], now: Date): Touch[] {
  const byPath = new Map<string, FileDiff>();
  for (const file of files) for (const path of [file.oldPath, file.newPath]) if (path !== null) byPath.set(path, file);
  return incidents
    .flatMap((incident) => touchOf(incident, byPath, now) ?? [])
    .sort((a, b) => b.weight - a.weight || b.incident.occurredAt.getTime() - a.incident.occurredAt.getTime());
}

interface Part {
  readonly weight: number;
  readonly reason: string;
  readonly path: string;
}

function touchOf(incident: PastIncident, byPath: ReadonlyMap<string, FileDiff>, now: Date): Touch | null {
  const parts = [...frameParts(incident, byPath), ...culpritParts(incident, byPath)].sort(
    (a, b) => b.weight - a.weight,
  );
  if (parts.length === 0) return null;
  const chance = 1 - parts.reduce((left, part) => left * (1 - part.weight), 1);
  const ageDays = Math.max(0, (now.getTime() - incident.occurredAt.getTime()) / 86_400_000);
  const factor =
    severityWeight[incident.severity] *
    0.5 ** (ageDays / halfLifeDays) *
    (incident.culprit?.isConfirmed ? 1.25 : 1) *
    (incident.isRegression ? 1.2 : 1);
  return {
    incident,
    weight: Math.round(Math.min(1, chance * factor) * 100) / 100,
    reasons: [...new Set(parts.map(({ reason }) => reason))],
    paths: [...new Set(parts.map(({ path }) => path))],
  };
}

function frameParts({ frames }: PastIncident, byPath: ReadonlyMap<string, FileDiff>): Part[] {
  const best = new Map<string, Part>();
  frames.forEach((frame, index) => {
    const file = byPath.get(frame.path);
    if (file === undefined) return;
    const isFirst = index === 0;
    const part = (weight: number, reason: string): Part => ({ weight, reason, path: frame.path });
    const name = frame.function?.split(".").at(-1) ?? null;
    const found =
      frame.line !== null && changesNear(file, frame.line) && isFirst
        ? part(0.9, `changes the line that failed (${frame.path}:${frame.line})`)
        : name !== null && changesFunction(file, name)
          ? part(isFirst ? 0.8 : 0.5, `changes ${name}, which ${isFirst ? "failed" : "led there"} (${frame.path})`)
          : part(
              isFirst ? 0.4 : 0.25,
              `changes ${frame.path}, where ${isFirst ? "it failed" : "the failure passed through"}`,
            );
    const known = best.get(frame.path);
    if (known === undefined || known.weight < found.weight) best.set(frame.path, found);
  });
  return [...best.values()];
}

function culpritParts({ culprit }: PastIncident, byPath: ReadonlyMap<string, FileDiff>): Part[] {
  if (culprit === null) return [];
  const word = culprit.isConfirmed ? "caused it" : "was blamed for it";
  return culprit.paths
    .filter((path) => byPath.has(path))
    .map((path) => ({
      weight: culprit.isConfirmed ? 0.5 : 0.3,
      reason: `changes ${path}, as commit ${culprit.commit.slice(0, 12)} did, which ${word}`,
      path,
    }));
}

/** Lines of the frame's revision and of this diff's base differ by what came between: near is enough. */
function changesNear(file: FileDiff, line: number): boolean {
  return file.hunks.some((hunk) => {
    let next = hunk.oldStart;
    return hunk.lines.some((row) => {
      const at = row.oldLine ?? next;
      if (row.oldLine !== null) next = row.oldLine + 1;
      return row.kind !== "context" && Math.abs(at - line) <= nearLines;
    });
  });
}

function changesFunction(file: FileDiff, name: string): boolean {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) || name.length < 3) return false;
  const word = new RegExp(`(?<![\\p{L}\\p{N}_$])${name.replace(/\$/g, "\\$")}(?![\\p{L}\\p{N}_$])`, "u");
  return file.hunks.some(
    (hunk) =>
      (word.test(hunk.section) && hunk.lines.some(({ kind }) => kind !== "context")) ||
      hunk.lines.some(({ kind, text }) => kind !== "context" && word.test(text)),
  );
}
