import { childOf, nameOf, type SyntaxNode, walk } from "../fixers/syntax.ts";

/** Whether a function of this name is called, or handed on, on a line. Without a syntax tree a name before a bracket has to do. */
export function isCallAt(source: string, tree: SyntaxNode | null, line: number, name: string): boolean {
  const text = source.split("\n")[line - 1] ?? "";
  if (tree === null)
    return (
      new RegExp(`\\b${name}\\s*\\(`).test(text) &&
      !new RegExp(`\\b(?:def|func|fn|fun|function|sub)\\s+${name}\\b`).test(text)
    );
  const first = source
    .split("\n")
    .slice(0, line - 1)
    .reduce((sum, each) => sum + each.length + 1, 0);
  for (const { node } of walk(tree)) {
    if (node.type !== "CallExpression" && node.type !== "NewExpression") continue;
    const callee = childOf(node, "callee");
    const called = nameOf(callee) ?? (callee === null ? null : nameOf(childOf(callee, "property")));
    const handed = Array.isArray(node.arguments) && node.arguments.some((each) => nameOf(each as SyntaxNode) === name);
    const at = callee?.end ?? node.start;
    if (
      (called === name && at > first && at <= first + text.length + 1) ||
      (handed && node.start < first + text.length && node.end > first)
    )
      return true;
  }
  return false;
}
