import { applyEdits, lineRange, type TextEdit } from "./edits.ts";
import type { FailingFile, FileProposal } from "./proposal.ts";
import type { Failure } from "./read-failure.ts";
import { type Rename, renamesInDiff } from "./renames-in-diff.ts";
import { childOf, isFunction, nameOf, type SyntaxNode, walk } from "./syntax.ts";

const proposalsMax = 3;

/**
 * Where the blamed change renamed something that the failing line still reads by its old name, reads it by the new
 * one; and the other way about, where the change made the line read a name that nobody writes. Covers properties,
 * destructured names, functions and imports of the same file.
 */
export function proposeRestoredNames(file: FailingFile, failure: Failure, culpritDiff: string): FileProposal[] {
  const names = suspectNames(file, failure);
  if (names.size === 0) return [];
  const renames = renamesInDiff(culpritDiff);
  const swaps: Rename[] = [];
  for (const rename of renames) {
    if (names.has(rename.from)) swaps.push(rename);
    if (names.has(rename.to)) swaps.push({ ...rename, from: rename.to, to: rename.from });
  }
  const forward = swaps.filter((swap) => renames.includes(swap));
  const sets = [...(forward.length > 1 ? [forward] : []), ...swaps.slice(0, proposalsMax).map((swap) => [swap])];
  return sets.flatMap((set) => {
    const done = set.map((swap) => ({ swap, edits: editsFor(file, swap) })).filter(({ edits }) => edits.length > 0);
    if (done.length === 0 || done.length < set.length) return [];
    const words = done.map(({ swap: { to, from } }) => `\`${to}\` instead of \`${from}\``).join(", ");
    const count = Math.max(...done.map(({ swap }) => swap.count));
    return [
      {
        proposer: "restore-renamed",
        kind: "fix" as const,
        path: file.path,
        text: applyEdits(
          file.source,
          done.flatMap(({ edits }) => edits),
        ),
        explanation: `Reads ${words}: the blamed commit renamed ${done.length === 1 ? "one into the other" : "them"} on ${count} other ${count === 1 ? "line" : "lines"}.`,
      },
    ];
  });
}

/** The names on the failing line whose absence explains the failure. */
function suspectNames(file: FailingFile, failure: Failure): Set<string> {
  const range = lineRange(file.source, file.line);
  const names = new Set<string>();
  if (range === null) return names;
  if (failure.kind === "not_defined") names.add(failure.name);
  if (failure.kind === "not_a_function") names.add(failure.callee.split(".").at(-1) ?? failure.callee);
  if (failure.kind === "not_iterable") names.add(failure.expression.split(".").at(-1) ?? failure.expression);
  for (const { node } of walk(file.tree)) {
    if (node.start > range.end || node.end < range.start) continue;
    if (node.type === "MemberExpression" && node.computed !== true) {
      const key = childOf(node, "property");
      const name = nameOf(key);
      if (key !== null && key.start >= range.start && key.end <= range.end && name !== null) names.add(name);
    }
  }
  return names;
}

/** The readings of the name in the function around the failing line; in the whole file for an import. */
function editsFor(file: FailingFile, swap: Rename): TextEdit[] {
  const range = lineRange(file.source, file.line);
  if (range === null) return [];
  const scope = enclosingFunction(file.tree, range.start, range.end);
  const edits: TextEdit[] = [];
  for (const { node, ancestors } of walk(scope)) {
    if (nameOf(node) !== swap.from) continue;
    const parent = ancestors[0];
    if (parent === undefined) continue;
    const isRead =
      (parent.type === "MemberExpression" && childOf(parent, "property") === node && parent.computed !== true) ||
      (parent.type === "CallExpression" && childOf(parent, "callee") === node) ||
      (parent.type === "ImportSpecifier" && childOf(parent, "imported") === node);
    if (isRead) edits.push({ start: node.start, end: node.end, text: swap.to });
  }
  return [...edits, ...patternEdits(file, scope, swap)];
}

/** The name taken out of an object: `{ old }` becomes `{ new: old }`, so that the rest of the code stays. */
function patternEdits(file: FailingFile, scope: SyntaxNode, swap: Rename): TextEdit[] {
  const edits: TextEdit[] = [];
  for (const { node, ancestors } of walk(file.tree)) {
    if (node.type !== "Property" || ancestors[0]?.type !== "ObjectPattern") continue;
    const key = childOf(node, "key");
    if (key === null || nameOf(key) !== swap.from || node.computed === true) continue;
    const isTopLevel = !ancestors.some(isFunction);
    const isInScope = node.start >= scope.start && node.end <= scope.end;
    if (isTopLevel || isInScope)
      edits.push({
        start: key.start,
        end: key.end,
        text: node.shorthand === true ? `${swap.to}: ${swap.from}` : swap.to,
      });
  }
  return edits;
}

function enclosingFunction(tree: SyntaxNode, start: number, end: number): SyntaxNode {
  let best = tree;
  for (const { node } of walk(tree)) {
    if (isFunction(node) && node.start <= end && node.end >= start && node.end - node.start <= best.end - best.start) {
      if (node.start <= start || node.end >= end) best = node;
    }
  }
  return best;
}
