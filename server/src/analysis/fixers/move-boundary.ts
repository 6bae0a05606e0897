import { applyEdits, lineRange, type TextEdit } from "./edits.ts";
import type { FailingFile, FileProposal } from "./proposal.ts";
import { childOf, isFunction, type SyntaxNode, walk } from "./syntax.ts";

const proposalsMax = 4;
const next: Readonly<Record<string, string>> = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" };

/**
 * Moves a boundary by one: a comparison of the failing function that the blamed change wrote becomes strict or stops being
 * so, and `=== 1` takes in what lies below. Nearest to the failing line first. `changedLines` counts from 1.
 */
export function proposeMovedBoundaries(file: FailingFile, changedLines: ReadonlySet<number>): FileProposal[] {
  const range = lineRange(file.source, file.line);
  if (range === null) return [];
  const around = innermostFunction(file.tree, range.start, range.end);
  if (around === null) return [];
  const found: { readonly edit: TextEdit; readonly at: number; readonly before: string; readonly after: string }[] = [];
  for (const { node } of walk(around)) {
    if (node.type !== "BinaryExpression" || !changedLines.has(lineOf(file.source, node.start))) continue;
    const change = movedOperator(node);
    const [left, right] = [childOf(node, "left"), childOf(node, "right")];
    if (change === null || left === null || right === null) continue;
    const between = file.source.slice(left.end, right.start);
    const offset = between.indexOf(String(node.operator));
    if (offset < 0) continue;
    const start = left.end + offset;
    const edit = { start, end: start + String(node.operator).length, text: change };
    found.push({
      edit,
      at: node.start,
      before: file.source.slice(node.start, node.end),
      after: applyEdits(file.source.slice(node.start, node.end), [
        { ...edit, start: edit.start - node.start, end: edit.end - node.start },
      ]),
    });
  }
  return found
    .sort((a, b) => Math.abs(a.at - range.start) - Math.abs(b.at - range.start))
    .slice(0, proposalsMax)
    .map(({ edit, before, after }) => ({
      proposer: "move-boundary",
      kind: "fix",
      path: file.path,
      text: applyEdits(file.source, [edit]),
      explanation: `Asks \`${after.slice(0, 60)}\` instead of \`${before.slice(0, 60)}\`, which the blamed commit wrote.`,
    }));
}

function movedOperator(node: SyntaxNode): string | null {
  const operator = String(node.operator);
  const right = childOf(node, "right");
  const isSmallCount = operator === "===" && right?.type === "Literal" && right.value === 1;
  return isSmallCount ? "<=" : (next[operator] ?? null);
}

function innermostFunction(tree: SyntaxNode, start: number, end: number): SyntaxNode | null {
  let best: SyntaxNode | null = null;
  for (const { node } of walk(tree)) if (isFunction(node) && node.start <= end && node.end >= start) best = node;
  return best;
}

function lineOf(source: string, offset: number): number {
  return source.slice(0, offset).split("\n").length;
}
