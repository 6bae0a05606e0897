import { sourceContext } from "../../server/src/analysis/blame/source-context.ts";
import { parseDiff } from "../../server/src/analysis/diff/parse-diff.ts";
import { nothingLearned } from "../../server/src/analysis/learning/learned.ts";
import { calledCode } from "../../server/src/analysis/world/called-code.ts";
import type { World, WorldCommit } from "../../server/src/analysis/world/world.ts";

/** A commit of a plain-data world from its patch. */
export function plainCommit(sha: string, patch: string, subject = `change ${sha}`): WorldCommit {
  return {
    sha: sha.repeat(40).slice(0, 40),
    authorName: "Ada",
    authoredAt: "2026-01-01T00:00:00.000Z",
    subject,
    files: parseDiff(patch),
    patch,
  };
}

/** A patch of one hunk: lines as git prints them, with their marks. */
export function patchOf(path: string, at: number, lines: readonly string[]): string {
  const count = (mark: string) => lines.filter((line) => line.startsWith(mark) || line.startsWith(" ")).length;
  return `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -${at},${count("-")} +${at},${count("+")} @@\n${lines.join("\n")}\n`;
}

export interface PlainPlace {
  readonly path: string;
  readonly line: number;
  /** The function's name in the stack. */
  readonly name?: string;
}

export interface PlainWorldInput {
  readonly sources: Readonly<Record<string, string>>;
  /** The failing place, or the stack's places with the failing call first. */
  readonly failing: PlainPlace | readonly PlainPlace[];
  readonly type?: string;
  readonly message: string;
  readonly commits: readonly WorldCommit[];
  readonly overrides?: Partial<World>;
  readonly incident?: Partial<World["incident"]>;
}

/** A world of one service, two deployments and one failure half a minute after the second, as plain data. */
export function plainWorld({
  sources,
  failing,
  type = "TypeError",
  message,
  commits,
  overrides,
  incident,
}: PlainWorldInput): World {
  const files = new Map(Object.entries(sources));
  const stack: readonly PlainPlace[] = "path" in failing ? [failing] : failing;
  const places = stack.map(({ path, line }, depth) => ({ path, line, weight: 0.78 ** depth }));
  const { regions, packages } = calledCode(places, files, new Set(files.keys()));
  const current = commits[0]?.sha ?? "c".repeat(40);
  const before = {
    commitSha: "b".repeat(40),
    release: null,
    fromAt: "2026-01-01T10:00:00.000Z",
    toAt: "2026-01-01T12:00:00.000Z",
    mappingConfidence: 1,
    mappingSource: "reported_commit",
    deploymentEventId: null,
  };
  const running = { ...before, commitSha: current, fromAt: "2026-01-01T12:00:00.000Z", toAt: null };
  return {
    readAt: "2026-01-01T12:05:30.000Z",
    incident: {
      id: "01900000-0000-7000-8000-000000000000",
      title: `${type}: ${message}`,
      exceptions: [{ type, message }],
      environment: "production",
      service: "shop",
      route: null,
      httpStatus: null,
      firstAt: "2026-01-01T12:00:30.000Z",
      lastAt: "2026-01-01T12:05:00.000Z",
      occurrences: 5,
      isRegression: false,
      byRevision: [{ commitSha: current, release: null, count: 5, firstAt: "2026-01-01T12:00:30.000Z" }],
      outgoing: [],
      ...incident,
    },
    frames: stack.map(({ path, line, name = "f" }) => ({
      file: `/srv/${path}`,
      function: name,
      line,
      isInApp: true,
      path,
    })),
    revisions: [before, running],
    running,
    before,
    watchBefore: { ranMs: 7_200_000, watchedMs: 7_200_000, signals: 12 },
    range: {
      previousCommit: before.commitSha,
      currentCommit: current,
      isRollback: false,
      isApproximate: false,
      commits,
    },
    earlierCommits: [before.commitSha],
    regions,
    packages,
    sources: files,
    blame: {
      ranAt: "",
      places: places.map((place) => {
        const lines = (sources[place.path] ?? "").split("\n");
        return { ...place, text: lines[place.line - 1] ?? "", context: sourceContext(lines, place.line) };
      }),
      blamed: [],
      touching: [],
    },
    olderCommits: new Map(),
    configChanges: [],
    alike: [],
    related: [],
    traceMates: [],
    ownPaths: [],
    owner: null,
    codeMissing: null,
    isHistoryCut: false,
    observed: null,
    learned: nothingLearned,
    ...overrides,
  };
}
