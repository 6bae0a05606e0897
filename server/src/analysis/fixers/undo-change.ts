import { type DiffHunk, type DiffLine, parseDiff } from "../diff/parse-diff.ts";
import { applyEdits, type TextEdit } from "./edits.ts";

/** Files whose part of a change may stay when the rest is undone. */
const dispensable = /(?:^|\/)(?:tests?|__tests__|spec|docs?)\/|[.-](?:test|spec)\.[cm]?[jt]sx?$|\.(?:md|txt)$/i;
const importLine = /^\s*(?:import\b|export\s*\{.*\}\s*from\b|const\s.*=\s*require\()/;
const tokenPattern =
  /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[\p{ID_Start}$_][\p{ID_Continue}$]*|\d[\d._a-z]*|[^\s]/giu;
const softTokens = new Set(["{", "}", ";", ","]);
const contextTokens = 24;

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Undoes a change whose lines were moved or laid out anew since, where `git revert` gives up: what the change wrote is
 * found by its tokens wherever it is now, and what was there before takes its place. Answers the new texts of the files
 * concerned, or null where a part is not found exactly once. Parts in tests, documents and imports may stay.
 */
export function undoChange(diff: string, sources: ReadonlyMap<string, string>): ReadonlyMap<string, string> | null {
  const tokens = new Map([...sources].map(([path, source]) => [path, tokensOf(source)]));
  const edits = new Map<string, TextEdit[]>();
  for (const file of parseDiff(diff)) {
    const path = file.newPath ?? file.oldPath ?? "";
    if (file.isBinary || file.newPath === null || file.oldPath === null) {
      if (dispensable.test(path)) continue;
      return null;
    }
    for (const hunk of file.hunks) {
      for (const group of groupsOf(hunk)) {
        const place = locate(group, path, sources, tokens);
        if (place !== null) edits.set(place.path, [...(edits.get(place.path) ?? []), place.edit]);
        else if (!dispensable.test(path) && !isImport(group)) return null;
      }
    }
  }
  if (edits.size === 0) return null;
  return new Map([...edits].map(([path, list]) => [path, applyEdits(sources.get(path) ?? "", list)]));
}

interface Group {
  readonly removed: readonly DiffLine[];
  readonly added: readonly DiffLine[];
  readonly before: readonly Token[];
  readonly after: readonly Token[];
}

/** The runs of changed lines of a hunk, each with the tokens around it as they are after the change. */
function groupsOf(hunk: DiffHunk): Group[] {
  const groups: Group[] = [];
  let at = 0;
  while (at < hunk.lines.length) {
    if (hunk.lines[at]?.kind === "context") {
      at += 1;
      continue;
    }
    let end = at;
    while (end < hunk.lines.length && hunk.lines[end]?.kind !== "context") end += 1;
    const lines = hunk.lines.slice(at, end);
    const now = (some: readonly DiffLine[]): Token[] =>
      tokensOf(textOf(some.filter((line) => line.kind !== "removed")));
    groups.push({
      removed: lines.filter((line) => line.kind === "removed"),
      added: lines.filter((line) => line.kind === "added"),
      before: now(hunk.lines.slice(0, at)).slice(-contextTokens),
      after: now(hunk.lines.slice(end)).slice(0, contextTokens),
    });
    at = end;
  }
  return groups;
}

interface Place {
  readonly path: string;
  readonly edit: TextEdit;
}

function locate(
  group: Group,
  path: string,
  sources: ReadonlyMap<string, string>,
  tokens: ReadonlyMap<string, readonly Token[]>,
): Place | null {
  const added = tokensOf(textOf(group.added));
  const { before, after } = group;
  // The least context that makes it unique is enough; a few tokens alone could be anything.
  const near = (count: number) => ({ before: before.slice(-count), after: after.slice(0, count) });
  const contexts = [
    ...(added.length >= 6 ? [{ before: [], after: [] }] : []),
    ...[4, 10, contextTokens].flatMap((count) => [
      near(count),
      ...(added.length > 0
        ? [
            { before: near(count).before, after: [] },
            { before: [], after: near(count).after },
          ]
        : []),
    ]),
  ];
  const order = [path, ...[...tokens.keys()].filter((other) => other !== path)];
  for (const context of contexts) {
    if (context.before.length + added.length + context.after.length < 3) continue;
    const pattern = [...context.before, ...added, ...context.after].map((token) => token.text);
    const found = order.flatMap((file) => {
      const here = tokens.get(file) ?? [];
      return matches(here, pattern).map((index) => ({ file, here, index: index + context.before.length }));
    });
    const [only] = found.length > 1 ? found.filter((match) => match.file === path) : found;
    if (only === undefined || (found.length > 1 && found.filter((match) => match.file === path).length !== 1)) continue;
    const source = sources.get(only.file) ?? "";
    return { path: only.file, edit: replacement(source, only.here, only.index, added.length, group) };
  }
  return null;
}

/** Whole lines where the match fills them, so that the old lines stand as they stood. */
function replacement(source: string, here: readonly Token[], index: number, count: number, group: Group): TextEdit {
  const old = textOf(group.removed);
  if (count === 0) {
    const next = here[index];
    const start = next === undefined ? source.length : source.lastIndexOf("\n", next.start - 1) + 1;
    return { start, end: start, text: old === "" ? "" : `${old}\n` };
  }
  let start = here[index]?.start ?? 0;
  let end = here[index + count - 1]?.end ?? start;
  const lineStart = source.lastIndexOf("\n", start - 1) + 1;
  if (/^[\s{}]*$/.test(source.slice(lineStart, start)) && !/[{}]/.test(source.slice(lineStart, start)))
    start = lineStart;
  const ending = /[;,{}]*$/.exec(textOf(group.added).replace(/\s+/g, ""))?.[0] ?? "";
  for (const soft of ending) {
    const rest = /^\s*/.exec(source.slice(end))?.[0].length ?? 0;
    if (source[end + rest] === soft) end += rest + 1;
  }
  // A formatter may have put braces around what had none.
  for (let open = balance(source.slice(start, end)) - balance(textOf(group.added)); open > 0; open -= 1) {
    const close = /^\s*;?\s*\}/.exec(source.slice(end));
    if (close === null) break;
    end += close[0].length;
  }
  const isWholeLines = start === lineStart && /^[ \t]*(?:\n|$)/.test(source.slice(end));
  if (old === "" && isWholeLines)
    return { start, end: Math.min(source.length, source.indexOf("\n", end) + 1 || source.length), text: "" };
  return { start, end, text: start === lineStart ? old : old.trimStart() };
}

function matches(here: readonly Token[], pattern: readonly string[]): number[] {
  const found: number[] = [];
  for (let at = 0; at + pattern.length <= here.length; at += 1) {
    if (pattern.every((text, offset) => here[at + offset]?.text === text)) found.push(at);
  }
  return found;
}

/** Names, numbers, strings and signs; layout, braces, separators and the kind of quotes do not count. */
function tokensOf(source: string): Token[] {
  return [...source.matchAll(tokenPattern)].flatMap((match) => {
    const [text] = match;
    if (softTokens.has(text)) return [];
    const normal = text.startsWith("'") ? `"${text.slice(1, -1)}"` : text;
    return [{ text: normal, start: match.index, end: match.index + text.length }];
  });
}

function textOf(lines: readonly DiffLine[]): string {
  return lines.map((line) => line.text).join("\n");
}

function isImport(group: Group): boolean {
  return [...group.added, ...group.removed].every((line) => line.text.trim() === "" || importLine.test(line.text));
}

function balance(text: string): number {
  return (text.match(/\{/g)?.length ?? 0) - (text.match(/\}/g)?.length ?? 0);
}
