import { parseDiff } from "../diff/parse-diff.ts";
import { applyEdits, lineRange, type TextEdit } from "./edits.ts";
import type { FailingFile, FileProposal } from "./proposal.ts";
import { childOf, isFunction, nameOf, type SyntaxNode, walk } from "./syntax.ts";

const proposalsMax = 2;

/**
 * Puts `await` before calls whose promise is used as if it were the value, of a function that the blamed change made
 * asynchronous, or whose `await` it took away: first a call on the failing line or one that set a variable which that line
 * reads, then any other in the function around it, then all at once. Only inside functions that are asynchronous already.
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

  const near: SyntaxNode[] = [];
  const far: SyntaxNode[] = [];
  const parents = new Map<SyntaxNode, SyntaxNode | undefined>();
  for (const { node, ancestors } of walk(file.tree)) {
    const callee = node.type === "CallExpression" ? calleeName(node) : null;
    if (callee === null || !suspects.has(callee) || isWaitedFor(node, ancestors[0])) continue;
    const around = ancestors.find(isFunction);
    if (around?.async !== true) continue;
    const isOnLine = node.start <= range.end && node.end >= range.start;
    const declarator = ancestors.find((ancestor) => ancestor.type === "VariableDeclarator" || isFunction(ancestor));
    const names = declarator?.type === "VariableDeclarator" ? declaredNames(declarator) : [];
    const isInScope = around.start <= range.start && around.end >= range.end;
    if (!isOnLine && !isInScope) continue;
    parents.set(node, ancestors[0]);
    (isOnLine || names.some((name) => used.has(name)) ? near : far).push(node);
  }
  const calls = [...near, ...far];
  const sets = [...calls.slice(0, proposalsMax).map((call) => [call]), ...(calls.length > 1 ? [calls] : [])];
  return sets.map((set) => {
    const names = [...new Set(set.map((call) => `\`${calleeName(call)}\``))].join(" and ");
    return {
      proposer: "restore-await",
      kind: "fix",
      path: file.path,
      text: applyEdits(
        file.source,
        set.flatMap((call) => awaitEdits(call, parents.get(call))),
      ),
      explanation: `Waits for ${names}: the blamed commit made the result a promise, and here it was used as the value.`,
    };
  });
}

function awaitEdits(call: SyntaxNode, parent: SyntaxNode | undefined): TextEdit[] {
  const isChained = parent?.type === "MemberExpression" && childOf(parent, "object") === call;
  return [
    { start: call.start, end: call.start, text: isChained ? "(await " : "await " },
    ...(isChained ? [{ start: call.end, end: call.end, text: ")" }] : []),
  ];
}

/** Awaited here, handed on whole, or taken by `.then`. */
function isWaitedFor(call: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (parent === undefined) return false;
  if (["AwaitExpression", "ReturnStatement", "ArrayExpression", "SpreadElement"].includes(parent.type)) return true;
  if (parent.type === "ArrowFunctionExpression") return childOf(parent, "body") === call;
  const taken = parent.type === "MemberExpression" ? nameOf(childOf(parent, "property")) : null;
  return taken !== null && ["then", "catch", "finally"].includes(taken);
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
