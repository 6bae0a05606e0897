import { parseDiff } from "../diff/parse-diff.ts";
import { applyEdits, lineRange } from "./edits.ts";
import type { FailingFile, FileProposal } from "./proposal.ts";
import { childOf, isFunction, nameOf, type SyntaxNode, walk } from "./syntax.ts";

const proposalsMax = 2;

/**
 * Puts `await` before a call whose promise is used as if it were the value: a call on the failing line, or one that
 * set a variable which the failing line reads, of a function that the blamed change made asynchronous, or whose
 * `await` it took away. Only inside functions that are asynchronous already.
 */
export function proposeRestoredAwaits(file: FailingFile, culpritDiff: string): FileProposal[] {
  const suspects = asynchronousNames(culpritDiff);
  const range = lineRange(file.source, file.line);
  if (suspects.size === 0 || range === null) return [];
  const used = new Set<string>();
  for (const { node } of walk(file.tree)) {
    const name = nameOf(node);
    if (name !== null && node.start >= range.start && node.end <= range.end) used.add(name);
  }

  const proposals: FileProposal[] = [];
  for (const { node, ancestors } of walk(file.tree)) {
    const callee = node.type === "CallExpression" ? calleeName(node) : null;
    if (callee === null || !suspects.has(callee) || ancestors[0]?.type === "AwaitExpression") continue;
    const around = ancestors.find(isFunction);
    if (around?.async !== true) continue;
    const isOnLine = node.start <= range.end && node.end >= range.start;
    const declarator = ancestors.find((ancestor) => ancestor.type === "VariableDeclarator" || isFunction(ancestor));
    const names = declarator?.type === "VariableDeclarator" ? declaredNames(declarator) : [];
    const isInScope = around.start <= range.start && around.end >= range.end;
    if (!isOnLine && !(isInScope && names.some((name) => used.has(name)))) continue;

    const parent = ancestors[0];
    const isChained =
      parent?.type === "MemberExpression" || parent?.type === "CallExpression"
        ? childOf(parent, "object") === node
        : false;
    const call = file.source.slice(node.start, node.end);
    proposals.push({
      proposer: "restore-await",
      kind: "fix",
      path: file.path,
      text: applyEdits(file.source, [
        { start: node.start, end: node.end, text: isChained ? `(await ${call})` : `await ${call}` },
      ]),
      explanation: `Waits for \`${callee}\`: the blamed commit made its result a promise, and here it was used as the value.`,
    });
  }
  return proposals.slice(0, proposalsMax);
}

/** The functions that a diff made asynchronous, and those whose calls it stopped waiting for. */
function asynchronousNames(diff: string): Set<string> {
  const names = new Set<string>();
  for (const file of parseDiff(diff)) {
    for (const hunk of file.hunks) {
      const awaited = new Map<string, number>();
      for (const line of hunk.lines) {
        if (line.kind === "context") continue;
        const sign = line.kind === "removed" ? 1 : -1;
        for (const match of line.text.matchAll(/\bawait\s+(?:[\w$]+\??\.)*([\w$]+)\s*\(/g)) {
          awaited.set(match[1] ?? "", (awaited.get(match[1] ?? "") ?? 0) + sign);
        }
        if (line.kind !== "added") continue;
        const declared =
          /\basync\s+function\s*\*?\s*([\w$]+)/.exec(line.text) ??
          /([\w$]+)\s*[:=]\s*async\b/.exec(line.text) ??
          /^\s*(?:(?:public|private|protected|static)\s+)*async\s+([\w$]+)\s*\(/.exec(line.text);
        if (declared?.[1] !== undefined) names.add(declared[1]);
      }
      for (const [name, count] of awaited) if (count > 0) names.add(name);
    }
  }
  return names;
}

function calleeName(call: SyntaxNode): string | null {
  const callee = childOf(call, "callee");
  if (callee?.type === "MemberExpression") return nameOf(childOf(callee, "property"));
  return nameOf(callee);
}

function declaredNames(declarator: SyntaxNode): string[] {
  const id = childOf(declarator, "id");
  if (id === null) return [];
  return [...walk(id)].flatMap(({ node }) => nameOf(node) ?? []);
}
