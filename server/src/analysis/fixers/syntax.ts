/** A node of an ESTree syntax tree, as every JavaScript parser gives it. Offsets are UTF-16 code units. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

/** The node in a field, or null. */
export function childOf(node: SyntaxNode, field: string): SyntaxNode | null {
  const value = node[field];
  return isNode(value) ? value : null;
}

/** The nodes of a field that holds a list. */
export function childrenOf(node: SyntaxNode, field: string): readonly SyntaxNode[] {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The name of an identifier or private name, or null for any other node. */
export function nameOf(node: SyntaxNode | null): string | null {
  if (node === null) return null;
  return node.type === "Identifier" && typeof node.name === "string" ? node.name : null;
}

/** Every node with its ancestors, nearest first, parents before children. */
export function* walk(
  root: SyntaxNode,
): Generator<{ readonly node: SyntaxNode; readonly ancestors: readonly SyntaxNode[] }> {
  const stack: { node: SyntaxNode; ancestors: readonly SyntaxNode[] }[] = [{ node: root, ancestors: [] }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    yield next;
    const inner = [next.node, ...next.ancestors];
    const children: SyntaxNode[] = [];
    for (const value of Object.values(next.node)) {
      if (isNode(value)) children.push(value);
      else if (Array.isArray(value)) for (const item of value) if (isNode(item)) children.push(item);
    }
    for (const child of children.reverse()) stack.push({ node: child, ancestors: inner });
  }
}

/** True for the nodes that start a function of their own. */
export function isFunction(node: SyntaxNode): boolean {
  return ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"].includes(node.type);
}
