import { applyEdits, type TextEdit } from "../edits.ts";
import { childOf, childrenOf, nameOf, type SyntaxNode } from "../syntax.ts";
import type { ExportedFunction } from "./exported-functions.ts";
import { recorderSource } from "./recorder-source.ts";

const callsMax = 40;

/**
 * The module with a note at the beginning of each of the functions that writes the arguments of every call, as one line of
 * JSON `{f, args}`, to the result file. Running a project's tests over it gives real inputs, however deep the tests
 * call. Null where none of the functions can be noted.
 */
export function instrumentSource(
  source: string,
  isModule: boolean,
  functions: readonly ExportedFunction[],
  keyOf: (exportName: string) => string,
): string | null {
  const edits = functions.flatMap((entry) => noteEdits(source, entry, keyOf(entry.exportName)));
  if (edits.length === 0) return null;
  const load = isModule
    ? 'import { appendFileSync as __culpritAppend } from "node:fs";'
    : 'const { appendFileSync: __culpritAppend } = require("node:fs");';
  const helper = `
;const __culpritNote = (() => {${recorderSource}
  let calls = 0;
  return (f, args) => {
    calls += 1;
    if (calls > ${callsMax} || !process.env.CULPRIT_RESULT) return;
    try { __culpritAppend(process.env.CULPRIT_RESULT, JSON.stringify({ f, args: Array.from(args, (arg) => record(arg)) }) + "\\n"); } catch {}
  };
})();
`;
  // One line before everything keeps `import` first; a function declaration's note runs only after this did.
  const noted = applyEdits(source, edits);
  const shebang = /^#!.*\n/.exec(noted)?.[0] ?? "";
  return `${shebang}${load}${helper}${noted.slice(shebang.length)}`;
}

function noteEdits(source: string, { node }: ExportedFunction, key: string): TextEdit[] {
  const body = childOf(node, "body");
  if (body === null) return [];
  const args = node.type === "ArrowFunctionExpression" ? parameterNames(node) : "arguments";
  if (args === null) return [];
  const note = `__culpritNote(${JSON.stringify(key)}, ${args})`;
  if (body.type === "BlockStatement") return [{ start: body.start + 1, end: body.start + 1, text: ` ${note};` }];
  const text = source.slice(body.start, body.end);
  return [{ start: body.start, end: body.end, text: `(${note}, ${text})` }];
}

function parameterNames(node: SyntaxNode): string | null {
  const names = childrenOf(node, "params").map((parameter) =>
    nameOf(parameter.type === "AssignmentPattern" ? childOf(parameter, "left") : parameter),
  );
  return names.includes(null) ? null : `[${names.join(", ")}]`;
}
