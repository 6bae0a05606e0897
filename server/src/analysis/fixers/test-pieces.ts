import { childOf, childrenOf, nameOf, type SyntaxNode, walk } from "./syntax.ts";
import type { ChangedPart } from "./undo-parts.ts";

/** Lines that a change wrote to a test file: those of one test, or with `test` null what stands around them. */
export interface TestPiece {
  readonly test: string | null;
  readonly part: ChangedPart;
}

interface TestRange {
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

/**
 * What a change wrote to a test file, test by test. Lines that replaced others stay together unless what they replaced is of one test:
 * which of the old lines belong to which test is not known.
 * @param changed the file right after the change
 */
export function testPiecesOf(changed: string, tree: SyntaxNode, parts: readonly ChangedPart[]): readonly TestPiece[] {
  const ranges = testsIn(changed, tree);
  return parts.flatMap((part) => {
    const end = part.start + Math.max(part.added.length, 1) - 1;
    const own = ranges.filter(({ first, last }) => first <= end && last >= part.start);
    const old = part.removed.filter((line) => /^\s*(?:test|it)\b/.test(line)).length;
    if (own.length <= 1 && own.every(({ first, last }) => first <= part.start && last >= end))
      return [{ test: own[0]?.name ?? null, part }];
    if (old > 1) return own.map(({ name }) => ({ test: name, part }));
    return cutAt(own, part);
  });
}

/** A run of lines, cut where tests begin and end; what it replaced goes with the first test. */
function cutAt(tests: readonly TestRange[], part: ChangedPart): TestPiece[] {
  const testAt = (line: number): TestRange | undefined =>
    tests.find(({ first, last }) => line >= first && line <= last);
  const pieces: {
    range: TestRange | undefined;
    part: { start: number; added: string[]; removed: readonly string[] };
  }[] = [];
  for (const [at, text] of part.added.entries()) {
    const line = part.start + at;
    // An empty line goes with the test after it.
    const range = testAt(line) ?? (text.trim() === "" ? testAt(line + 1) : undefined);
    if (pieces.length === 0 || pieces.at(-1)?.range !== range)
      pieces.push({ range, part: { start: line, added: [], removed: [] } });
    pieces.at(-1)?.part.added.push(text);
  }
  const first = pieces.find(({ range }) => range !== undefined) ?? pieces[0];
  if (first !== undefined) first.part.removed = part.removed;
  return pieces.map(({ range, part: own }) => ({ test: range?.name ?? null, part: own }));
}

/** The tests of a file that are named in so many words, without those inside of others. */
function testsIn(source: string, tree: SyntaxNode): TestRange[] {
  const lineOf = (offset: number): number => source.slice(0, offset).split("\n").length;
  const ranges: TestRange[] = [];
  for (const { node } of walk(tree)) {
    if (node.type !== "CallExpression" || !isTestCall(childOf(node, "callee"))) continue;
    const name = textOf(childrenOf(node, "arguments")[0] ?? null);
    if (name !== null) ranges.push({ name, first: lineOf(node.start), last: lineOf(node.end) });
  }
  return ranges.filter(
    (one) => !ranges.some((other) => other !== one && other.first < one.first && other.last >= one.last),
  );
}

function isTestCall(callee: SyntaxNode | null): boolean {
  if (callee === null) return false;
  const name = nameOf(callee);
  if (name !== null) return name === "test" || name === "it";
  return callee.type === "MemberExpression" && isTestCall(childOf(callee, "object"));
}

function textOf(node: SyntaxNode | null): string | null {
  if (node === null) return null;
  if (typeof node.value === "string") return node.value;
  const [only, ...more] = childrenOf(node, "quasis");
  if (node.type !== "TemplateLiteral" || only === undefined || more.length > 0) return null;
  const value = only.value;
  return typeof value === "object" && value !== null && "cooked" in value && typeof value.cooked === "string"
    ? value.cooked
    : null;
}

/** Whether a runner names this test among those that fail; some put the file and the groups before its name. */
export function isAmong(failing: readonly string[], test: string): boolean {
  return failing.some((name) => name === test || name.endsWith(` ${test}`));
}
