import type { ASTNode } from "@marcbachmann/cel-js";

/** A name that an expression reads from its scope, and the keys that follow it as far as they are written out. */
export interface Path {
  readonly root: string;
  readonly keys: readonly (string | number)[];
  /** Of each key, and of the root first: where it ends in the expression. */
  readonly start: number;
  readonly end: number;
}

const macros = new Set(["all", "exists", "exists_one", "map", "filter"]);
/** What they cost or make is more than what they read; `get…` are those of times, which look up a time zone. */
const heavy = new Set(["matches", "split", "replace", "join", "json", "hex", "base64"]);
const isHeavy = (name: string) => heavy.has(name) || /^get[A-Z]/.test(name);

/** What a tree reads and how much work it can make. */
export interface Reading {
  readonly paths: readonly Path[];
  /** How many macros over lists lie in each other: work is the product of their lists. */
  readonly depth: number;
  /** It calls what can take much longer than its texts are long: patterns, and what makes larger texts. */
  readonly isHeavy: boolean;
  /** How many times larger than its input the largest list can get. */
  readonly growth: number;
}

/** The names that a parsed expression reads; names that a macro binds are its own. */
export function readTree(tree: ASTNode): Reading {
  const paths: Path[] = [];
  let depth = 0;
  let callsHeavy = false;
  let growth = 1;

  // The level is not the number of bound names: an inner macro may bind the same name again.
  const visit = (node: ASTNode, bound: ReadonlySet<string>, level: number): void => {
    depth = Math.max(depth, level);
    const path = pathAt(node);
    if (path !== null) {
      for (const inner of path.dynamic) visit(inner, bound, level);
      if (!bound.has(path.root)) paths.push(path);
      return;
    }
    if (node.op === "rcall") {
      const [method, receiver, args] = node.args;
      const variable = args[0];
      const isBind = method === "bind" && receiver.op === "id" && receiver.args === "cel";
      if (isHeavy(method)) callsHeavy = true;
      if ((macros.has(method) || isBind) && variable?.op === "id") {
        const body = isBind ? args.slice(2) : args.slice(1);
        if (isBind && args[1] !== undefined) visit(args[1], bound, level);
        else visit(receiver, bound, level);
        growth *= Math.max(1, countName(body, variable.args));
        for (const part of body) visit(part, new Set([...bound, variable.args]), level + 1);
        return;
      }
    }
    if (node.op === "call" && isHeavy(node.args[0])) callsHeavy = true;
    for (const child of childrenOf(node)) visit(child, bound, level);
  };
  visit(tree, new Set(), 0);
  return { paths, depth, isHeavy: callsHeavy, growth };
}

function pathAt(node: ASTNode): (Path & { readonly dynamic: readonly ASTNode[] }) | null {
  const keys: (string | number)[] = [];
  const dynamic: ASTNode[] = [];
  let at = node;
  for (;;) {
    if (at.op === "id") return { root: at.args, keys, start: at.start, end: node.end, dynamic };
    if (at.op === "." || at.op === ".?") {
      keys.unshift(at.args[1]);
      at = at.args[0];
    } else if (at.op === "[]" || at.op === "[?]") {
      const [left, index] = at.args;
      const key = index.op === "value" ? index.args : null;
      if (typeof key === "string") keys.unshift(key);
      else if (typeof key === "bigint") keys.unshift(Number(key));
      else {
        // What follows a key that is reckoned can't be known.
        keys.length = 0;
        dynamic.push(index);
      }
      at = left;
    } else return null;
  }
}

/** The nodes right under a node. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case "value":
    case "id":
      return [];
    case ".":
    case ".?":
      return [node.args[0]];
    case "call":
      return node.args[1];
    case "rcall":
      return [node.args[1], ...node.args[2]];
    case "list":
      return node.args;
    case "map":
      return node.args.flat();
    case "!_":
    case "-_":
      return [node.args];
    default:
      return node.args;
  }
}

function countName(nodes: readonly ASTNode[], name: string): number {
  return nodes.reduce(
    (sum, node) => sum + (node.op === "id" && node.args === name ? 1 : 0) + countName(childrenOf(node), name),
    0,
  );
}
