import { parseDiff } from "../../analysis/diff/parse-diff.ts";
import { type ChangedPlace, placesOf } from "../../analysis/fixers/related-places.ts";
import type { SyntaxNode } from "../../analysis/fixers/syntax.ts";
import { isFunction, walk } from "../../analysis/fixers/syntax.ts";
import { type ChangedPart, partsOf, undoParts } from "../../analysis/fixers/undo-parts.ts";
import type { RepairContext } from "./repair-context.ts";

/** Part of the blamed change undone, all else of it as it is. */
export interface PartlyUndone {
  readonly path: string;
  readonly text: string;
  /** What stays and what goes, for people. */
  readonly words: string;
}

const partsMax = 5;
export const testFile = /(?:^|\/)(?:tests?|__tests__|spec)\/|[.-](?:test|spec)\.[cm]?[jt]sx?$/i;

/**
 * The blamed change undone only where it fails: all that it wrote to the files on the failing stack, then each of its parts in
 * the functions on the stack, nearest to the failing call first. What the rest of it brought, and its tests, stay.
 */
export async function undoInParts(ctx: RepairContext): Promise<PartlyUndone[]> {
  const { culprit, repository, base } = ctx;
  if (culprit === null) return [];
  const all = partsOf(culprit.diff);
  const builtUpon = await modulesBuiltUpon(ctx);
  const proposals: PartlyUndone[] = [];
  for (const path of new Set(ctx.frames.map((frame) => frame.path))) {
    const parts = all.get(path);
    if (parts === undefined || testFile.test(path)) continue;
    const [changed, now] = [await repository.readFile(culprit.sha, path), await repository.readFile(base, path)];
    if (changed === null || now === null) continue;
    const lines = ctx.frames.filter((frame) => frame.path === path).map((frame) => frame.line);
    const undo = (some: readonly ChangedPart[], words: string): void => {
      const text = undoParts(changed, now, some);
      if (text !== null && text !== now && !losesWork(builtUpon, now, text)) proposals.push({ path, text, words });
    };
    if (all.size > 1) undo(parts, `what it wrote to ${path}`);
    const near = parts
      .flatMap(smaller)
      .filter((part) => isNear(ctx.deps.parseModule(path, changed), changed, part, now, lines));
    for (const part of near.slice(0, partsMax)) undo([part], `what it wrote around line ${part.start} of ${path}`);
  }
  return proposals.slice(0, partsMax + 1);
}

/** Where the blamed change wrote beside what fails, tests left out: files that are not on the failing stack, and other functions of those that are. */
export async function writtenElsewhere(ctx: RepairContext): Promise<string[]> {
  const onStack = new Set(ctx.frames.map((frame) => frame.path));
  if (ctx.culprit === null || onStack.size === 0) return [];
  const places = placesOf(ctx.culprit.diff);
  const near = new Set(await placesThatFail(ctx, places));
  return namesOfPlaces(
    places.filter((place) => !near.has(place)),
    onStack,
  );
}

/** What was done beside, in words for people, each once; tests left out. */
export function namesOfPlaces(places: readonly ChangedPlace[], onStack: ReadonlySet<string>): string[] {
  const code = places.filter(({ path }) => !testFile.test(path));
  return [...new Set(code.map(({ path }) => (onStack.has(path) ? `other code of ${path}` : path)))];
}

/** The places of the blamed change that lie in the functions on the failing stack. */
export async function placesThatFail(ctx: RepairContext, places: readonly ChangedPlace[]): Promise<ChangedPlace[]> {
  const { culprit, repository, base, frames } = ctx;
  const found: ChangedPlace[] = [];
  for (const path of new Set(frames.map((frame) => frame.path))) {
    const own = places.filter((place) => place.path === path && place.part !== null);
    if (culprit === null || own.length === 0 || testFile.test(path)) continue;
    const [changed, now] = [await repository.readFile(culprit.sha, path), await repository.readFile(base, path)];
    if (changed === null || now === null) continue;
    const tree = ctx.deps.parseModule(path, changed);
    const lines = frames.filter((frame) => frame.path === path).map((frame) => frame.line);
    found.push(...own.filter(({ part }) => part !== null && isNear(tree, changed, part, now, lines)));
  }
  return found;
}

/** True for a text that takes out what others have built since on a module of the blamed change. */
export function losesWork(builtUpon: readonly string[], now: string, text: string): boolean {
  return builtUpon.some((name) => usesOf(text, name) < usesOf(now, name));
}

/** Names of the modules that the blamed change added and others have worked on since: who takes out their use takes out that work. */
export async function modulesBuiltUpon({ culprit, repository, base }: RepairContext): Promise<string[]> {
  const added = parseDiff(culprit?.diff ?? "").flatMap(({ oldPath, newPath }) =>
    oldPath === null ? (newPath ?? []) : [],
  );
  const names: string[] = [];
  for (const path of added.filter((one) => !testFile.test(one))) {
    const [after, now] = [await repository.readFile(culprit?.sha ?? "", path), await repository.readFile(base, path)];
    if (after !== now) names.push((path.split("/").at(-1) ?? path).replace(/\.[cm]?[jt]sx?$/, ""));
  }
  return names;
}

/** How often a source names what it imports from a module. */
function usesOf(source: string, module: string): number {
  const escaped = module.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const from = new RegExp(
    `(?:import|const|let|var)\\s+([^;=]*?)\\s*(?:from|=\\s*(?:await\\s+)?(?:require|import)\\()\\s*["'\`][^"'\`]*/${escaped}(?:\\.\\w+)?["'\`]`,
  );
  const names = (from.exec(source)?.[1] ?? "").match(/[\w$]+/g) ?? [];
  return names.reduce(
    (sum, name) => sum + (source.match(new RegExp(`(?<![\\w$.])${name}(?![\\w$])`, "g"))?.length ?? 0),
    0,
  );
}

/** A part with as many lines before as after is also undone line by line. */
function smaller(part: ChangedPart): ChangedPart[] {
  if (part.added.length < 2 || part.added.length !== part.removed.length) return [part];
  const single = part.added.map((added, at) => ({
    start: part.start + at,
    added: [added],
    removed: part.removed.slice(at, at + 1),
  }));
  return [part, ...single.filter((one) => one.added[0] !== one.removed[0])];
}

/** Whether a part lies in a function that holds one of the failing lines; both are looked for by their text. */
function isNear(
  tree: SyntaxNode | null,
  changed: string,
  part: ChangedPart,
  now: string,
  failingLines: readonly number[],
): boolean {
  if (tree === null) return false;
  const texts = new Set(failingLines.map((line) => (now.split("\n")[line - 1] ?? "").trim()));
  const lines = changed.split("\n");
  for (const { node } of walk(tree)) {
    if (!isFunction(node)) continue;
    const first = changed.slice(0, node.start).split("\n").length;
    const last = changed.slice(0, node.end).split("\n").length;
    const isInside = part.start >= first && part.start <= last;
    if (isInside && lines.slice(first - 1, last).some((line) => texts.has(line.trim()))) return true;
  }
  return false;
}
