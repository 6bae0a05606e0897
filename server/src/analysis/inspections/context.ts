import { changeSubstance } from "../blame/change-substance.ts";
import { type RegionTouch, trackRegions } from "../blame/track-regions.ts";
import { isManifest } from "../world/dependency-bumps.ts";
import { isClientComplaint, type OutsideFailure, outsideFailure, symbolsOfMessage } from "../world/message-facts.ts";
import type { World, WorldCommit } from "../world/world.ts";
import type { EvidenceDraft } from "./finding.ts";

/** What several inspections need, worked out once. */
export interface Inspected {
  readonly world: World;
  /** Commits that came with the running revision: the only ones a deployment can be blamed for. Empty after a rollback. */
  readonly candidates: readonly WorldCommit[];
  /** Commits of the failing files' history that ran before as well; nothing of them is read but the blame. */
  readonly older: readonly string[];
  /** Real changes inside the world's regions, and within three lines of the failing lines. */
  readonly touches: readonly RegionTouch[];
  readonly nearTouches: readonly RegionTouch[];
  readonly outside: OutsideFailure | null;
  readonly isClientComplaint: boolean;
  readonly symbols: readonly string[];
}

export function inspectWorld(world: World): Inspected {
  const candidates = world.range === null || world.range.isRollback ? [] : world.range.commits;
  return {
    world,
    candidates,
    older: [...world.olderCommits.keys()],
    touches: trackRegions(world.regions, candidates),
    nearTouches: trackRegions(
      world.regions.map((region) => (region.kind === "line" ? region : { path: "", first: 0, last: 0 })),
      candidates,
      3,
    ),
    outside: outsideFailure(spokenExceptions(world)),
    isClientComplaint: isClientComplaint(world.incident.exceptions, world.incident.httpStatus),
    symbols: symbolsOfMessage(world.incident.exceptions),
  };
}

/** Regions and packages from this weight on belong to the innermost failing line: it, what gives it values, what these call. */
export const atFailure = 0.95;

/** Whether a path is only read by people or by tests, so that it can't make production fail. */
export function isHarmlessPath(path: string): boolean {
  return /\.(?:md|mdx|txt|rst|adoc|svg|png|jpe?g|gif|snap)$/i.test(path) && !/requirements[\w.-]*\.txt$/.test(path)
    ? true
    : /(?:^|\/)(?:tests?|__tests__|spec|docs?|\.github|\.circleci|\.vscode|examples?|fixtures)\/|\.(?:test|spec)\.[cm]?[jt]sx?$|_test\.(?:py|go)$|(?:^|\/)test_[\w]+\.py$|(?:^|\/)(?:LICENSE|CODEOWNERS|\.gitignore|\.editorconfig|\.prettierrc\S*|\.eslintrc\S*|\.git-blame-ignore-revs)$/i.test(
        path,
      );
}

/** Whether a path holds code, as opposed to data, settings and texts. */
export function isCodePath(path: string): boolean {
  return (
    /\.(?:[cm]?[jt]sx?|py|java|kt|rb|go|rs|php|cs|scala|vue|svelte|sql|graphql|proto)$/i.test(path) &&
    !isHarmlessPath(path)
  );
}

/** Whether a commit changes nothing that the program does: only looks, comments, names, tests or documents. */
export function changesNothing(commit: WorldCommit): boolean {
  const substance = changeSubstance(commit.files);
  return commit.files.every((file) => {
    const path = file.newPath ?? file.oldPath ?? "";
    if (isHarmlessPath(path)) return true;
    if (file.isBinary || isManifest(path)) return false;
    return file.hunks.every((hunk) =>
      hunk.lines.every((line) => line.kind === "context" || substance.isCosmetic(line)),
    );
  });
}

export function shortSha(sha: string): string {
  return sha.slice(0, 10);
}

/** A commit as evidence: its message line and the part of its patch that touches `paths`, or all of it. */
export function commitEvidence(commit: WorldCommit, paths: readonly string[] = []): EvidenceDraft {
  const parts = commit.patch.split(/^(?=diff --git )/m);
  const wanted = parts.filter((part) => paths.some((path) => part.split("\n", 1)[0]?.includes(path)));
  const patch = (wanted.length > 0 ? wanted : parts).join("");
  return {
    kind: "git_diff",
    source: "git",
    ref: `git:${commit.sha}`,
    title: `Commit ${shortSha(commit.sha)}: ${commit.subject}`,
    snapshot: `${commit.sha}\n${commit.authorName}, ${commit.authoredAt}\n${commit.subject}\n\n${patch.length > 6000 ? `${patch.slice(0, 6000)}\n… (cut)` : patch}`,
  };
}

/** Occurrences of the incident by revision, as evidence. */
export function occurrenceEvidence(world: World): EvidenceDraft {
  const { incident } = world;
  const rows = incident.byRevision.map(
    (row) =>
      `${row.commitSha === null ? (row.release ?? "unknown revision") : shortSha(row.commitSha)}: ${row.count}, first ${row.firstAt}`,
  );
  return {
    kind: "sql_query",
    source: "postgres",
    ref: `sql:incident_occurrences?incident_id=${incident.id}`,
    title: "Occurrences by revision",
    snapshot: [`first ${incident.firstAt}, last ${incident.lastAt}, ${incident.occurrences} in all`, ...rows].join(
      "\n",
    ),
  };
}

/** What the error says, as evidence. */
export function messageEvidence(world: World): EvidenceDraft {
  return {
    kind: "sql_query",
    source: "postgres",
    ref: `sql:incidents?id=${world.incident.id}`,
    title: "What the error says",
    snapshot:
      world.incident.exceptions.map(({ type, message }) => `${type}: ${message}`.slice(0, 1000)).join("\ncaused by ") ||
      world.incident.title,
  };
}

/** The revision timeline, as evidence. */
export function timelineEvidence(world: World): EvidenceDraft {
  const row = (one: World["revisions"][number]) =>
    `${one.fromAt} – ${one.toAt ?? "now"}: ${one.commitSha === null ? "no commit" : shortSha(one.commitSha)} ${one.release ?? ""} (mapping ${one.mappingConfidence.toFixed(2)}, ${one.mappingSource})${one.deploymentEventId === null ? "; first seen with the service itself, so it may have run before: no deployment is known" : ""}`;
  return {
    kind: "sql_query",
    source: "postgres",
    ref: `sql:service_revisions?environment=${encodeURIComponent(world.incident.environment)}&service=${encodeURIComponent(world.incident.service ?? "")}`,
    title: "What ran when",
    snapshot: world.revisions.length === 0 ? "No deployment is known." : world.revisions.map(row).join("\n"),
  };
}

/** Exceptions whose words somebody wrote. A failure without one has its own answer for a title (`HTTP 500: GET /cart`), which tells of no other system. */
function spokenExceptions({ incident }: World): World["incident"]["exceptions"] {
  return incident.exceptions.filter(({ type, message }) => type !== "" || message !== incident.title);
}

/** Whether a setting's value stands in a text as a word of its own; values that could be anything do not count. */
export function valueStandsIn(value: string | null, text: string): boolean {
  if (value === null) return false;
  const plain = value.trim().replace(/^["'`]|["'`]$/g, "");
  if (plain.length < 2 || /^(?:true|false|null|none|undefined|on|off|yes|no|\d)$/i.test(plain)) return false;
  const parts = /^https?:\/\//.test(plain) ? [plain.replace(/^https?:\/\//, "").replace(/\/.*$/, "")] : [plain];
  return parts.some((part) =>
    new RegExp(`(?<![\\w.])${part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w])`).test(text),
  );
}
