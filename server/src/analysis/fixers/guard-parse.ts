import { applyEdits, lineRange } from "./edits.ts";
import type { FailingFile, FileProposal } from "./proposal.ts";
import { childOf, nameOf, walk } from "./syntax.ts";

const fallbacks = ["{}", "null", "[]"];

/** Whether an error is one of `JSON.parse`, in the words of the engines. */
export function isParseFailure(type: string | null, message: string): boolean {
  return type === "SyntaxError" && /\bJSON\b/.test(message);
}

/**
 * Ways to go on where a text is no JSON: the failing `JSON.parse` gives a neutral value instead of throwing. That hides what
 * the sender did wrong, so it is a mitigation.
 */
export function proposeParseGuards(file: FailingFile): FileProposal[] {
  const range = lineRange(file.source, file.line);
  if (range === null) return [];
  for (const { node } of walk(file.tree)) {
    if (node.type !== "CallExpression" || node.start > range.end || node.end < range.start) continue;
    const callee = childOf(node, "callee");
    if (callee?.type !== "MemberExpression" || nameOf(childOf(callee, "object")) !== "JSON") continue;
    if (nameOf(childOf(callee, "property")) !== "parse") continue;
    const call = file.source.slice(node.start, node.end);
    if (/\b(?:await|yield)\b/.test(call)) return [];
    const indent = /^\s*/.exec(file.source.slice(range.start))?.[0] ?? "";
    return fallbacks.map((fallback) => ({
      proposer: "guard-parse",
      kind: "mitigation",
      path: file.path,
      text: applyEdits(file.source, [
        {
          start: node.start,
          end: node.end,
          text: [
            "(() => {",
            `${indent}  try {`,
            `${indent}    return ${call};`,
            `${indent}  } catch {`,
            `${indent}    return ${fallback};`,
            `${indent}  }`,
            `${indent}})()`,
          ].join("\n"),
        },
      ]),
      explanation: `Takes ${fallback} where the text is no JSON. Whoever sends it is not told.`,
    }));
  }
  return [];
}
