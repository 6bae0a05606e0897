import { childOf, childrenOf, isFunction, nameOf, type SyntaxNode, walk } from "../syntax.ts";

/** A function that a module lets others call. */
export interface ExportedFunction {
  /** The name it is exported by; `default` for the default export. */
  readonly exportName: string;
  readonly node: SyntaxNode;
  readonly start: number;
  readonly end: number;
}

/** The functions that a module exports, in ES modules and CommonJS. Methods of objects and classes are not among them. */
export function exportedFunctions(tree: SyntaxNode): ExportedFunction[] {
  const local = localFunctions(tree);
  const found = new Map<string, SyntaxNode>();
  const add = (exportName: string | null, value: SyntaxNode | null): void => {
    const node = value !== null && isFunction(value) ? value : local.get(nameOf(value) ?? "");
    if (exportName !== null && node !== undefined) found.set(exportName, node);
  };
  for (const statement of childrenOf(tree, "body")) {
    if (statement.type === "ExportDefaultDeclaration") add("default", childOf(statement, "declaration"));
    if (statement.type === "ExportNamedDeclaration") addNamed(statement, add);
    if (statement.type === "ExpressionStatement") addCommonJs(childOf(statement, "expression"), add);
  }
  return [...found].map(([exportName, node]) => ({ exportName, node, start: node.start, end: node.end }));
}

type Add = (exportName: string | null, value: SyntaxNode | null) => void;

function addNamed(statement: SyntaxNode, add: Add): void {
  const declaration = childOf(statement, "declaration");
  if (declaration?.type === "FunctionDeclaration") add(nameOf(childOf(declaration, "id")), declaration);
  if (declaration?.type === "VariableDeclaration") {
    for (const item of childrenOf(declaration, "declarations")) add(nameOf(childOf(item, "id")), childOf(item, "init"));
  }
  if (childOf(statement, "source") !== null) return;
  for (const specifier of childrenOf(statement, "specifiers")) {
    add(nameOf(childOf(specifier, "exported")), childOf(specifier, "local"));
  }
}

/** `module.exports = { f }`, `module.exports.f = …`, `exports.f = …`, `module.exports = f`. */
function addCommonJs(expression: SyntaxNode | null, add: Add): void {
  if (expression?.type !== "AssignmentExpression") return;
  const target = childOf(expression, "left");
  const value = childOf(expression, "right");
  if (target?.type !== "MemberExpression") return;
  const object = childOf(target, "object");
  const property = nameOf(childOf(target, "property"));
  if (nameOf(object) === "module" && property === "exports") {
    if (value?.type !== "ObjectExpression") add("default", value);
    else for (const item of childrenOf(value, "properties")) add(nameOf(childOf(item, "key")), childOf(item, "value"));
    return;
  }
  const isExports =
    nameOf(object) === "exports" ||
    (object?.type === "MemberExpression" && nameOf(childOf(object, "property")) === "exports");
  if (isExports) add(property, value);
}

function localFunctions(tree: SyntaxNode): Map<string, SyntaxNode> {
  const local = new Map<string, SyntaxNode>();
  for (const { node, ancestors } of walk(tree)) {
    if (ancestors.length > 3) continue;
    const name = nameOf(childOf(node, "id"));
    if (name === null) continue;
    if (node.type === "FunctionDeclaration") local.set(name, node);
    const value = node.type === "VariableDeclarator" ? childOf(node, "init") : null;
    if (value !== null && isFunction(value)) local.set(name, value);
  }
  return local;
}
