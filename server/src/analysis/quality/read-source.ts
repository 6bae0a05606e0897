import { childOf, isFunction, nameOf, type SyntaxNode, walk } from "../fixers/syntax.ts";
import { type ScrubCounts, scrubText } from "../scrub/index.ts";

const functionsMax = 20;
const lineMax = 120;
const shownLines = 5;

/** Lines over 120 characters and with white space at their end. Of any language; those that were so before are left alone. */
export function lineProblems(original: string, modified: string): string[] {
  const before = new Set(original.split("\n"));
  const long: number[] = [];
  const trailing: number[] = [];
  modified.split("\n").forEach((row, index) => {
    const line = row.replace(/\r$/, "");
    if (before.has(row)) return;
    if (line.length > lineMax) long.push(index + 1);
    if (/[ \t]$/.test(line)) trailing.push(index + 1);
  });
  return [
    ...long.map((line) => `Line ${line} has more than ${lineMax} characters.`),
    ...trailing.map((line) => `Line ${line} ends in white space.`),
  ].slice(0, shownLines * 2);
}

/** Secrets that a change brings into a file, by their kind. */
export function newSecrets(original: string, modified: string): string[] {
  const [before, after] = [countsOf(original), countsOf(modified)];
  return Object.entries(after).flatMap(([kind, count]) =>
    !harmless.has(kind) && count > (before[kind] ?? 0) ? [`It brings what looks like a secret (${kind}).`] : [],
  );
}

/** What is scrubbed because it is personal, and no secret. */
const harmless = new Set(["email", "card_number", "ip_address", "ssn"]);

function countsOf(text: string): ScrubCounts {
  const counts: ScrubCounts = {};
  scrubText(text, counts, { isSourceCode: true });
  return counts;
}

/** What only the syntax tree tells: too many functions in a file, and markup written into a page as text. */
export function treeProblems(root: SyntaxNode): { readonly complexity: string[]; readonly security: string[] } {
  let functions = 0;
  const security: string[] = [];
  for (const { node } of walk(root)) {
    if (isFunction(node)) functions += 1;
    const target = node.type === "AssignmentExpression" ? childOf(node, "left") : null;
    const name = target?.type === "MemberExpression" ? nameOf(childOf(target, "property")) : null;
    if (name === "innerHTML" || name === "outerHTML")
      security.push(`It sets ${name}: use textContent, or clean what is put there.`);
  }
  return {
    complexity: functions > functionsMax ? [`It has ${functions} functions, more than ${functionsMax}.`] : [],
    security,
  };
}
