import { culpritHunks } from "../../../analysis/autopsy/culprit-hunks.ts";
import { enclosingFunction } from "../../../analysis/autopsy/enclosing-function.ts";
import { isCallAt } from "../../../analysis/autopsy/is-call-at.ts";
import { isSecretPath, isSourcePath } from "../../../analysis/autopsy/is-secret-path.ts";
import { scrubSource } from "../../../analysis/autopsy/scrub-source.ts";
import { showLines } from "../../../analysis/autopsy/show-lines.ts";
import { scrubText } from "../../../analysis/scrub/index.ts";
import type { RepairContext } from "../repair-context.ts";
import type { AutopsyDeps } from "./autopsy-deps.ts";
import type { CodeHit } from "./code-search-port.ts";
import type { FoundPart } from "./found-part.ts";
import { isScript, type ReadFrame } from "./frame-snapshots.ts";

const FUNCTION_LINES = 200;
const CALLERS_MAX = 5;
const CALLER_LINES = 30;
const TESTS_MAX = 3;
const TEST_LINES = 50;
const testPath =
  /(?:^|\/)(?:tests?|specs?|__tests__|e2e)\/|[._-](?:test|spec)s?\.\w+$|(?:^|\/)test_\w+\.py$|_test\.(?:go|py|rb)$/i;

/** The code of the frames, the functions around them, who calls them, the blamed change, and tests of them. */
export async function codeParts(
  deps: AutopsyDeps,
  ctx: RepairContext,
  frames: readonly ReadFrame[],
): Promise<readonly FoundPart[]> {
  const [failing] = frames;
  const hits =
    failing?.enclosing?.name == null
      ? []
      : await deps.searchCode(ctx.repairCase.repositoryIds, ctx.base, failing.enclosing.name);
  return [
    ...frames.flatMap((frame, depth) => [snapshotPart(frame, depth), ...functionPart(ctx, frame)]),
    ...(failing === undefined ? [] : await callerParts(ctx, failing, hits)),
    ...(await hunkParts(ctx, frames)),
    ...(await testParts(ctx, frames, hits)),
  ];
}

function snapshotPart({ snapshot }: ReadFrame, depth: number): FoundPart {
  const { path, line_number: line, first_line: first, content, commit, function: name } = snapshot;
  return {
    kind: depth === 0 ? "failing_code" : "frame_code",
    title: `${path}:${line}${name === null ? "" : ` in ${name}`}`,
    text: content
      .split("\n")
      .map((text, at) => `${first + at === line ? ">" : " "} ${String(first + at).padStart(5)} | ${text}`)
      .join("\n"),
    path,
    evidence: { kind: "snapshot", source: "git", ref: `git:${commit}:${path}#L${line}` },
  };
}

/** The function around a frame, where it goes on beyond what is shown around the line anyway. */
function functionPart(ctx: RepairContext, { snapshot, source, enclosing }: ReadFrame): FoundPart[] {
  const { path, first_line: first, content, line_number: line } = snapshot;
  if (enclosing === null) return [];
  const last = Math.min(enclosing.lastLine, enclosing.firstLine + FUNCTION_LINES);
  if (enclosing.firstLine >= first && last < first + content.split("\n").length) return [];
  return [
    codePart(ctx, "function", { path, source, first: enclosing.firstLine, last, failing: line, name: enclosing.name }),
  ];
}

async function callerParts(ctx: RepairContext, failing: ReadFrame, hits: readonly CodeHit[]): Promise<FoundPart[]> {
  const name = failing.enclosing?.name ?? "";
  const { path: own } = failing.snapshot;
  const parts: FoundPart[] = [];
  const files = new Map<string, { source: string; tree: ReturnType<RepairContext["deps"]["parseModule"]> } | null>();
  for (const { path, line } of hits) {
    if (parts.length === CALLERS_MAX) break;
    if (testPath.test(path) || !isSourcePath(path) || isSecretPath(path)) continue;
    if (path === own && line >= (failing.enclosing?.firstLine ?? 0) && line <= (failing.enclosing?.lastLine ?? 0))
      continue;
    if (!files.has(path)) {
      const raw = await ctx.repository.readFile(ctx.base, path);
      const source = raw === null ? null : scrubSource(path, raw);
      files.set(
        path,
        source === null ? null : { source, tree: isScript(path) ? ctx.deps.parseModule(path, source) : null },
      );
    }
    const file = files.get(path) ?? null;
    if (file === null || !isCallAt(file.source, file.tree, line, name)) continue;
    const around = enclosingFunction(file.source, file.tree, line);
    const first = Math.max(around?.firstLine ?? 1, line - CALLER_LINES / 2);
    const last = Math.min(around?.lastLine ?? line + CALLER_LINES / 2, line + CALLER_LINES / 2);
    parts.push(
      codePart(ctx, "caller", { path, source: file.source, first, last, failing: line, name: around?.name ?? null }),
    );
  }
  return parts;
}

async function hunkParts(ctx: RepairContext, frames: readonly ReadFrame[]): Promise<FoundPart[]> {
  const { culprit } = ctx;
  if (culprit === null) return [];
  const subject = scrubText(await ctx.repository.subjectOf(culprit.sha), {}).slice(0, 200);
  return culpritHunks(culprit.diff, new Set(frames.map(({ snapshot }) => snapshot.path))).map(
    ({ path, text, isOnStack }): FoundPart => ({
      kind: isOnStack ? "culprit_hunk" : "other_hunk",
      title: `${path} in the blamed commit ${culprit.sha.slice(0, 12)}: ${subject}`,
      text,
      path,
      evidence: { kind: "git_diff", source: "git", ref: `git:${culprit.sha}:${path}` },
    }),
  );
}

/** Tests that name the failing function, then those that are called like its file. */
async function testParts(
  ctx: RepairContext,
  frames: readonly ReadFrame[],
  hits: readonly CodeHit[],
): Promise<FoundPart[]> {
  const stems = new Set(frames.slice(0, 3).map(({ snapshot }) => stemOf(snapshot.path)));
  const named = new Map<string, number>();
  for (const { path, line } of hits)
    if (testPath.test(path) && isSourcePath(path) && !named.has(path)) named.set(path, line);
  for (const path of ctx.files)
    if (testPath.test(path) && isSourcePath(path) && stems.has(stemOf(path)) && !named.has(path)) named.set(path, 1);
  const parts: FoundPart[] = [];
  for (const [path, line] of [...named].slice(0, TESTS_MAX)) {
    const raw = await ctx.repository.readFile(ctx.base, path);
    if (raw === null) continue;
    const first = Math.max(1, line - 5);
    parts.push(
      codePart(ctx, "test", {
        path,
        source: scrubSource(path, raw),
        first,
        last: first + TEST_LINES,
        failing: null,
        name: null,
      }),
    );
  }
  return parts;
}

function stemOf(path: string): string {
  const name = path.split("/").at(-1) ?? path;
  return name
    .replace(/^test_/, "")
    .replace(/\.\w+$/, "")
    .replace(/[._-](?:test|spec)s?$/i, "")
    .toLowerCase();
}

interface Excerpt {
  readonly path: string;
  readonly source: string;
  readonly first: number;
  readonly last: number;
  readonly failing: number | null;
  readonly name: string | null;
}

function codePart(
  ctx: RepairContext,
  kind: FoundPart["kind"],
  { path, source, first, last, failing, name }: Excerpt,
): FoundPart {
  return {
    kind,
    title: `${path}:${failing ?? first}${name === null ? "" : ` in ${name}`}`,
    text: showLines(source, first, last, failing),
    path,
    evidence: { kind: "snapshot", source: "git", ref: `git:${ctx.base}:${path}#L${first}-L${last}` },
  };
}
