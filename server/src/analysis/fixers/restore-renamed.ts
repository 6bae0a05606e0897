import { applyEdits, lineRange, type TextEdit } from "./edits.ts";
import type { FailingFile, FileProposal } from "./proposal.ts";
import type { Failure } from "./read-failure.ts";
import { type Rename, renamesInDiff } from "./renames-in-diff.ts";
import { childOf, isFunction, nameOf, type SyntaxNode, walk } from "./syntax.ts";

const proposalsMax = 3;

/**
 * Where the blamed change renamed something that the failing line still reads by its old name, reads it by the new
 * one; and the other way about, where the change made the line read a name that nobody writes. Covers properties,
 * functions and imports of the same file.
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
  return swaps.slice(0, proposalsMax).flatMap((swap) => {
    const edits = editsFor(file, swap);
    if (edits.length === 0) return [];
    return [
      {
        proposer: "restore-renamed",
        kind: "fix",
        path: file.path,
        text: applyEdits(file.source, edits),
        explanation: `Reads \`${swap.to}\` instead of \`${swap.from}\`: the blamed commit renamed one into the other on ${swap.count} other ${swap.count === 1 ? "line" : "lines"}.`,
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
