import { applyEdits, lineRange, type TextEdit } from "./edits.ts";
import type { FailingFile, FileProposal } from "./proposal.ts";
import type { Failure } from "./read-failure.ts";
import { childOf, nameOf, type SyntaxNode, walk } from "./syntax.ts";

const fallbacks = ["", " ?? 0", ' ?? ""', " ?? []"];
// A prime that nobody expects: whoever does not notice it would not notice a wrong neutral value either.
const absurd = " ?? 7919";

/**
 * Ways to let the failing read pass where its object is missing: `a.b` becomes `a?.b`, then the same with a neutral
 * value behind it. A guard hides the failure and leaves its cause, so it is a mitigation, never a fix. Empty where the
 * failing line has no such read, or where it is a target of an assignment, which `?.` can't be.
 */
export function proposeNullGuards(file: FailingFile, failure: Failure): FileProposal[] {
  if (failure.kind === "nullish_destructure") return guardDestructuring(file, failure.property);
  if (failure.kind !== "nullish_read") return [];
  const read = findRead(file, failure.property);
  if (read === null) return [];
  const { node, chain, canFallBack } = read;
  const object = childOf(node, "object");
  if (object === null) return [];

  const rest = file.source.slice(object.end, node.end);
  const dot = rest.indexOf(node.computed === true ? "[" : ".");
  if (dot < 0) return [];
  const guard: TextEdit = {
    start: object.end + dot,
    end: object.end + dot + (node.computed === true ? 0 : 1),
    text: "?.",
  };
  const expression = file.source.slice(node.start, node.end).replace(/\s+/g, " ").slice(0, 80);
  const guarded = (fallback: string): string =>
    applyEdits(file.source, [
      guard,
      ...(fallback === ""
        ? []
        : [
            { start: chain.start, end: chain.start, text: "(" },
            { start: chain.end, end: chain.end, text: `${fallback})` },
          ]),
    ]);
  return fallbacks.slice(0, canFallBack ? fallbacks.length : 1).map((fallback) => {
    return {
      proposer: "null-guard",
      kind: "mitigation",
      path: file.path,
      text: guarded(fallback),
      ...(canFallBack ? { probe: guarded(absurd) } : {}),
      explanation: `Reads ${expression} only where its object exists${fallback === "" ? "" : `, else takes${fallback.slice(3)}`}. Why it is missing remains to be found.`,
    };
  });
}

interface Read {
  readonly node: SyntaxNode;
  /** The whole chain of members and calls that the read begins; `?.` cuts all of it short. */
  readonly chain: SyntaxNode;
  readonly canFallBack: boolean;
}

/** The read of `property` on the failing line that lies nearest to the failing column. */
function findRead(file: FailingFile, property: string): Read | null {
  const range = lineRange(file.source, file.line);
  if (range === null) return null;
  const at = range.start + Math.max(0, (file.column ?? 1) - 1);
  let best: { read: Read; distance: number } | null = null;
  for (const { node, ancestors } of walk(file.tree)) {
    if (node.type !== "MemberExpression" || node.optional === true) continue;
    const key = childOf(node, "property");
    if (key === null || key.start < range.start || key.start > range.end || keyText(node, key) !== property) continue;
    const { chain, parent } = chainOf(node, ancestors);
    if (isTarget(chain, parent)) continue;
    const distance = Math.abs(key.start - at);
    const canFallBack =
      parent !== null && !["ChainExpression", "ExpressionStatement", "AwaitExpression"].includes(parent.type);
    if (best === null || distance < best.distance) best = { read: { node, chain, canFallBack }, distance };
  }
  return best?.read ?? null;
}

function keyText(node: SyntaxNode, key: SyntaxNode): string | null {
  if (node.computed !== true) return nameOf(key);
  return key.type === "Literal" ? String(key.value) : null;
}

function chainOf(node: SyntaxNode, ancestors: readonly SyntaxNode[]): { chain: SyntaxNode; parent: SyntaxNode | null } {
  let chain = node;
  for (const parent of ancestors) {
    const continues =
      (parent.type === "MemberExpression" && childOf(parent, "object") === chain) ||
      (parent.type === "CallExpression" && childOf(parent, "callee") === chain);
    if (!continues) return { chain, parent };
    chain = parent;
  }
  return { chain, parent: null };
}

function isTarget(chain: SyntaxNode, parent: SyntaxNode | null): boolean {
  if (parent === null) return false;
  if (["AssignmentExpression", "ForInStatement", "ForOfStatement"].includes(parent.type))
    return childOf(parent, "left") === chain;
  return ["UpdateExpression", "TaggedTemplateExpression", "NewExpression", "ArrayPattern"].includes(parent.type);
}

/** `const { a } = b` becomes `const { a } = b ?? {}`. */
function guardDestructuring(file: FailingFile, property: string | null): FileProposal[] {
  const range = lineRange(file.source, file.line);
  if (range === null) return [];
  for (const { node } of walk(file.tree)) {
    const pattern = node.type === "VariableDeclarator" ? childOf(node, "id") : null;
    const value = childOf(node, "init");
    if (pattern?.type !== "ObjectPattern" || value === null) continue;
    if (node.start > range.end || node.end < range.start) continue;
    if (property !== null && !file.source.slice(pattern.start, pattern.end).includes(property)) continue;
    const text = file.source.slice(value.start, value.end);
    const simple = ["Identifier", "MemberExpression", "CallExpression", "AwaitExpression"].includes(value.type);
    const replacement = simple ? `${text} ?? {}` : `(${text}) ?? {}`;
    return [
      {
        proposer: "null-guard",
        kind: "mitigation",
        path: file.path,
        text: applyEdits(file.source, [{ start: value.start, end: value.end, text: replacement }]),
        explanation: `Takes an empty object where ${text.slice(0, 80)} is missing. Why it is missing remains to be found.`,
      },
    ];
  }
  return [];
}
