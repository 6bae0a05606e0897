import { parseDiff } from "../diff/parse-diff.ts";
import { applyEdits, lineRange } from "./edits.ts";
import type { FailingFile, FileProposal } from "./proposal.ts";
import { childOf, childrenOf, nameOf, type SyntaxNode, walk } from "./syntax.ts";

/** A function whose parameters a change put into another order. `order[i]` is the old place of the new i-th one. */
interface Reordered {
  readonly name: string;
  readonly order: readonly number[];
}

/**
 * Gives a call on the failing line its arguments in the order that the blamed change gave the parameters. Empty where the
 * change reordered no parameters of a function that is called there.
 */
export function proposeFollowedParameters(file: FailingFile, culpritDiff: string): FileProposal[] {
  const range = lineRange(file.source, file.line);
  if (range === null) return [];
  return reorderedIn(culpritDiff).flatMap(({ name, order }) => {
    const edits = [...walk(file.tree)].flatMap(({ node }) => {
      if (node.type !== "CallExpression" || calleeName(node) !== name) return [];
      const args = childrenOf(node, "arguments");
      const isOnLine = node.start <= range.end && node.end >= range.start;
      if (!isOnLine || args.length !== order.length || args.some(({ type }) => type === "SpreadElement")) return [];
      return order.flatMap((old, at) => {
        const [here, from] = [args[at], args[old]];
        if (here === undefined || from === undefined || here === from) return [];
        return [{ start: here.start, end: here.end, text: file.source.slice(from.start, from.end) }];
      });
    });
    if (edits.length === 0) return [];
    return [
      {
        proposer: "follow-parameters",
        kind: "fix",
        path: file.path,
        text: applyEdits(file.source, edits),
        explanation: `Calls \`${name}\` with its arguments in the order that the blamed commit gave its parameters.`,
      },
    ];
  });
}

/** Names of the functions that a change gave another order of parameters. */
export function reorderedFunctions(diff: string): ReadonlySet<string> {
  return new Set(reorderedIn(diff).map(({ name }) => name));
}

const declaration =
  /(?:\bfunction\s*\*?\s*([\w$]+)\s*\(|\b(?:const|let|var)\s+([\w$]+)\s*=\s*(?:async\s*)?\(|^\s*(?:async\s+)?([\w$]+)\s*\()(.*)$/;

function reorderedIn(diff: string): Reordered[] {
  const found: Reordered[] = [];
  for (const file of parseDiff(diff)) {
    for (const hunk of file.hunks) {
      const before = new Map<string, readonly string[]>();
      for (const line of hunk.lines) {
        const declared = line.kind === "context" ? null : declaredIn(line.text);
        if (declared === null) continue;
        if (line.kind === "removed") before.set(declared.name, declared.parameters);
        const old = line.kind === "added" ? before.get(declared.name) : undefined;
        const order = old === undefined ? null : orderOf(old, declared.parameters);
        if (order !== null) found.push({ name: declared.name, order });
      }
    }
  }
  return found;
}

function declaredIn(text: string): { readonly name: string; readonly parameters: readonly string[] } | null {
  const match = declaration.exec(text);
  const name = match?.[1] ?? match?.[2] ?? match?.[3];
  if (match === null || name === undefined || ["if", "for", "while", "switch", "return", "catch"].includes(name))
    return null;
  const parameters: string[] = [];
  let depth = 0;
  let current = "";
  for (const char of match[4] ?? "") {
    if (char === ")" && depth === 0) break;
    if ("([{<".includes(char)) depth += 1;
    else if (")]}>".includes(char)) depth -= 1;
    if (char === "," && depth === 0) {
      parameters.push(current);
      current = "";
    } else current += char;
  }
  if (current.trim() !== "") parameters.push(current);
  // Types and defaults may change with the order.
  return { name, parameters: parameters.map((parameter) => /^\s*([\w$]+)/.exec(parameter)?.[1] ?? "") };
}

function orderOf(before: readonly string[], after: readonly string[]): number[] | null {
  if (before.length < 2 || before.length !== after.length || new Set(after).size !== after.length) return null;
  const order = after.map((name) => before.indexOf(name));
  return order.includes(-1) || order.every((old, at) => old === at) ? null : order;
}

function calleeName(call: SyntaxNode): string | null {
  const callee = childOf(call, "callee");
  if (callee?.type === "MemberExpression") return nameOf(childOf(callee, "property"));
  return nameOf(callee);
}
