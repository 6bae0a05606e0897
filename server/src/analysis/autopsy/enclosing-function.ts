import { childOf, isFunction, nameOf, type SyntaxNode, walk } from "../fixers/syntax.ts";

/** A function of a file; lines from 1, both included. */
export interface FunctionPlace {
  readonly name: string | null;
  readonly firstLine: number;
  readonly lastLine: number;
}

/**
 * The innermost named function around a line, by the syntax tree where there is one; a callback without a name counts as part of
 * what it is in. Null outside of any.
 */
export function enclosingFunction(
  source: string,
  tree: SyntaxNode | null,
  line: number,
  column: number | null = null,
): FunctionPlace | null {
  return tree === null ? functionByIndent(source, line) : functionInTree(source, tree, line, column);
}

function functionInTree(source: string, tree: SyntaxNode, line: number, column: number | null): FunctionPlace | null {
  const starts = lineStarts(source);
  const lineStart = starts[line - 1];
  if (lineStart === undefined) return null;
  const text = source.slice(lineStart, starts[line] ?? source.length);
  const offset =
    lineStart + (column === null ? text.length - text.trimStart().length : Math.min(column - 1, text.length));
  const lineOf = (at: number) => starts.findLastIndex((start) => start <= at) + 1;
  let found: FunctionPlace | null = null;
  let isNamed = false;
  for (const { node, ancestors } of walk(tree)) {
    if (!isFunction(node) || node.start > offset || node.end <= offset) continue;
    const named = nameOfFunction(node, ancestors);
    if (named.name === null && isNamed) continue;
    found = { name: named.name, firstLine: lineOf(named.start), lastLine: lineOf(node.end - 1) };
    isNamed ||= named.name !== null;
  }
  return found;
}

function nameOfFunction(
  node: SyntaxNode,
  ancestors: readonly SyntaxNode[],
): { readonly name: string | null; readonly start: number } {
  const own = nameOf(childOf(node, "id"));
  if (own !== null) return { name: own, start: node.start };
  const [parent] = ancestors;
  if (parent === undefined) return { name: null, start: node.start };
  const field = parent.type === "VariableDeclarator" ? "id" : parent.type === "AssignmentExpression" ? "left" : "key";
  const holder = childOf(parent, field);
  if (holder === null) return { name: null, start: node.start };
  const name = nameOf(holder) ?? nameOf(childOf(holder, "property"));
  return { name, start: name === null ? node.start : parent.start };
}

const header =
  /^\s*(?:(?:export|pub(?:\([a-z]+\))?|public|private|protected|internal|static|final|async|override|virtual|suspend|open|unsafe)\s+)*(?:(?:def|func|fn|fun|function|sub)\s+(?:\([^)]*\)\s*)?(?:self\.)?([A-Za-z_]\w*)|[\w<>[\],.?* ]+\s+\**([A-Za-z_]\w*)\s*\([^;]*$)/;
const control = /^(?:if|for|while|switch|catch|else|return|try|do|with|using|elif|unless|when|match|case|new|throw)$/;

/** Code that is formatted as usual: the nearest line above that is indented less and begins a function. */
function functionByIndent(source: string, line: number): FunctionPlace | null {
  const lines = source.split("\n");
  const failing = lines[line - 1];
  if (failing === undefined) return null;
  let indent = indentOf(failing) + 1;
  for (let at = line - 1; at >= 0; at -= 1) {
    const text = lines[at] ?? "";
    if (text.trim() === "" || indentOf(text) >= indent) continue;
    indent = indentOf(text);
    const match = header.exec(text);
    const name = match?.[1] ?? match?.[2];
    if (name === undefined || control.test(name) || control.test(text.trim().split(/[\s(]/, 1)[0] ?? "")) continue;
    let last = at + 1;
    while (last < lines.length && ((lines[last] ?? "").trim() === "" || indentOf(lines[last] ?? "") > indent))
      last += 1;
    // A closing brace or `end` on the header's indent belongs to it.
    const isClosed = /^\s*(?:\}|\)|end\b)/.test(lines[last] ?? "");
    return { name, firstLine: at + 1, lastLine: isClosed ? last + 1 : last };
  }
  return null;
}

function indentOf(text: string): number {
  return text.replaceAll("\t", "    ").length - text.replaceAll("\t", "    ").trimStart().length;
}

function lineStarts(source: string): number[] {
  const starts = [0];
  for (let at = source.indexOf("\n"); at !== -1; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
