import { parseDiff } from "../diff/parse-diff.ts";
import { applyEdits, lineRange } from "./edits.ts";
import type { FailingFile, FileProposal } from "./proposal.ts";
import { childOf, isFunction, nameOf, type SyntaxNode, walk } from "./syntax.ts";

const proposalsMax = 4;
const loops = new Set(["ForOfStatement", "ForStatement", "ForInStatement"]);

/**
 * Where the blamed change put a value into an object (`x` became `{ amount: x, unit }`), takes it out again where the failing
 * function still uses the object as the value: each use of one local name, in turn, nearest to the failing line first.
 */
export function proposeUnwrappedValues(file: FailingFile, culpritDiff: string): FileProposal[] {
  const keys = wrappingKeys(culpritDiff);
  const range = lineRange(file.source, file.line);
  if (keys.length === 0 || range === null) return [];
  const around = outermostFunction(file.tree, range.start, range.end);
  if (around === null) return [];
  const isPlain = ({ name, scope, declared }: Binding): boolean =>
    readsOf(scope, name, declared).some(({ parent, outer }) => isPlainUse(parent, outer));
  const bindings = bindingsIn(around)
    .map((binding) => ({ ...binding, rank: isPlain(binding) ? 0 : 1 }))
    .sort((a, b) => a.rank - b.rank || distance(a.scope, range.start) - distance(b.scope, range.start));
  const proposals = bindings.flatMap(({ name, scope, declared }) =>
    keys.flatMap((key): FileProposal[] => {
      const reads = readsOf(scope, name, declared);
      if (reads.length === 0) return [];
      return [
        {
          proposer: "unwrap-value",
          kind: "fix",
          path: file.path,
          text: applyEdits(
            file.source,
            reads.map(({ node }) => ({ start: node.end, end: node.end, text: `.${key}` })),
          ),
          explanation: `Takes \`${key}\` out of \`${name}\`: the blamed commit put what was a plain value into an object.`,
        },
      ];
    }),
  );
  return proposals.slice(0, proposalsMax);
}

/** Properties under which a diff put what stood alone before: `f(x)` became `{ key: f(x), … }`. */
function wrappingKeys(diff: string): string[] {
  const keys = new Set<string>();
  const squeeze = (text: string): string => text.replace(/\s+/g, "");
  for (const file of parseDiff(diff)) {
    for (const hunk of file.hunks) {
      const text = (kind: string): string =>
        squeeze(hunk.lines.flatMap((line) => (line.kind === kind ? [line.text] : [])).join(" "));
      const [removed, added] = [text("removed"), text("added")];
      for (const match of added.matchAll(/[{,]([A-Za-z_$][\w$]*):([^{}]+?)(?=,[A-Za-z_$][\w$]*[:,}]|\})/g)) {
        const [, key = "", value = ""] = match;
        const isNew = !removed.includes(`${key}:`) && !new RegExp(`[{,]${key}[,}]`).test(removed);
        if (isNew && value.length > 2 && removed.includes(value)) keys.add(key);
      }
    }
  }
  return [...keys];
}

interface Binding {
  readonly name: string;
  /** Where the name means this. */
  readonly scope: SyntaxNode;
  readonly declared: SyntaxNode;
}

/** The parameters and variables of a function and those inside it. */
function bindingsIn(around: SyntaxNode): Binding[] {
  const bindings: Binding[] = [];
  for (const { node, ancestors } of walk(around)) {
    const name = nameOf(node);
    if (name === null || !isDeclared(node, ancestors)) continue;
    const scope = ancestors.find((one) => isFunction(one) || loops.has(one.type)) ?? around;
    bindings.push({ name, scope, declared: node });
  }
  return bindings;
}

/** Whether a name is the target of a declaration or a parameter, however deep in its pattern. */
function isDeclared(node: SyntaxNode, ancestors: readonly SyntaxNode[]): boolean {
  let inner = node;
  for (const parent of ancestors) {
    if (parent.type === "VariableDeclarator") return childOf(parent, "id") === inner;
    if (isFunction(parent)) return Array.isArray(parent.params) && parent.params.includes(inner);
    const isPattern = ["ArrayPattern", "ObjectPattern", "Property", "AssignmentPattern", "RestElement"].includes(
      parent.type,
    );
    if (!isPattern || (parent.type === "AssignmentPattern" && childOf(parent, "left") !== inner)) return false;
    if (parent.type === "Property" && childOf(parent, "value") !== inner) return false;
    inner = parent;
  }
  return false;
}

interface Read {
  readonly node: SyntaxNode;
  readonly parent: SyntaxNode | undefined;
  readonly outer: SyntaxNode | undefined;
}

function readsOf(scope: SyntaxNode, name: string, declared: SyntaxNode): Read[] {
  return [...walk(scope)].flatMap(({ node, ancestors }) => {
    if (nameOf(node) !== name || node.start === declared.start || isDeclared(node, ancestors)) return [];
    const [parent, outer] = ancestors;
    const isKey =
      (parent?.type === "MemberExpression" && childOf(parent, "property") === node && parent.computed !== true) ||
      (parent?.type === "Property" && childOf(parent, "key") === node);
    const isTarget = parent?.type === "AssignmentExpression" && childOf(parent, "left") === node;
    return isKey || isTarget ? [] : [{ node, parent, outer }];
  });
}

/** What is done with texts and numbers: calculated, printed, or asked by one of their methods. */
function isPlainUse(parent: SyntaxNode | undefined, outer: SyntaxNode | undefined): boolean {
  if (parent?.type === "BinaryExpression" || parent?.type === "TemplateLiteral") return true;
  const method = parent?.type === "MemberExpression" ? nameOf(childOf(parent, "property")) : null;
  return method !== null && outer?.type === "CallExpression" && plainMethods.has(method);
}

const plainMethods = new Set(
  "toFixed toLowerCase toUpperCase trim replace replaceAll padStart padEnd split startsWith endsWith localeCompare charAt".split(
    " ",
  ),
);

function outermostFunction(tree: SyntaxNode, start: number, end: number): SyntaxNode | null {
  for (const { node } of walk(tree)) if (isFunction(node) && node.start <= end && node.end >= start) return node;
  return null;
}

function distance(scope: SyntaxNode, at: number): number {
  return at >= scope.start && at <= scope.end ? scope.end - scope.start : Math.abs(scope.start - at) + 1_000_000;
}
