import { parseDiff } from "../diff/parse-diff.ts";
import { applyEdits } from "./edits.ts";
import type { FileProposal } from "./proposal.ts";
import { relativeImport } from "./regression/test-style.ts";
import { childOf, childrenOf, nameOf, type SyntaxNode, walk } from "./syntax.ts";

/** The paths that an error about a missing module names: what was looked for, and who asked. */
export function readMissingModule(
  message: string,
): { readonly missing: string; readonly importer: string | null } | null {
  const match = /^Cannot find module '([^']+)'(?:\s+imported from (\S+)|[\s\S]*?Require stack:\s+- (\S+))?/.exec(
    message,
  );
  return match?.[1] === undefined ? null : { missing: match[1], importer: match[2] ?? match[3] ?? null };
}

/** The line (from 1) of a module that asks for another one by its name; 1 where none does. */
export function askingLine(source: string, missing: string): number {
  const name = (missing.split("/").at(-1) ?? missing).replace(/\.[cm]?[jt]sx?$/, "");
  const at = source.split("\n").findIndex((line) => /\b(?:require|import|from)\b/.test(line) && line.includes(name));
  return Math.max(0, at) + 1;
}

/**
 * Follows files that were moved: imports of a module that name no file of the repository get the path of the file that the
 * blamed change moved there, or of the only other one of that name.
 */
export function proposeMovedImports(
  module: { readonly path: string; readonly source: string; readonly tree: SyntaxNode },
  files: readonly string[],
  culpritDiff: string,
): FileProposal[] {
  const moved = movedFiles(culpritDiff);
  const edits = [];
  const words: string[] = [];
  for (const literal of importedNames(module.tree)) {
    const specifier = String(literal.value);
    if (!specifier.startsWith(".") || resolves(module.path, specifier, files)) continue;
    const target = joined(module.path, specifier);
    const name = target.split("/").at(-1) ?? target;
    const alike = files.filter((file) => nameOfFile(file) === nameOfFile(name));
    const now = moved.get(target) ?? (alike.length === 1 ? alike[0] : undefined);
    if (now === undefined) continue;
    const path = relativeImport(module.path, now);
    const text = /\.[cm]?[jt]sx?$/.test(specifier) ? path : path.replace(/\.[cm]?[jt]sx?$/, "");
    const quote = module.source[literal.start] === "'" ? "'" : '"';
    edits.push({ start: literal.start, end: literal.end, text: `${quote}${text}${quote}` });
    words.push(`\`${specifier}\` is \`${text}\` now`);
  }
  if (edits.length === 0) return [];
  return [
    {
      proposer: "follow-moved-file",
      kind: "fix",
      path: module.path,
      text: applyEdits(module.source, edits),
      explanation: `Imports from where the files are: ${words.join(", ")}.`,
    },
  ];
}

/** Files by the path they had before the change, where it removed one and added one of the same name. */
function movedFiles(diff: string): Map<string, string> {
  const moved = new Map<string, string>();
  const files = parseDiff(diff);
  for (const { oldPath, newPath } of files) {
    if (oldPath !== null && newPath !== null && oldPath !== newPath) moved.set(oldPath, newPath);
    if (oldPath === null || newPath !== null) continue;
    const added = files.filter(
      (file) => file.oldPath === null && nameOfFile(file.newPath ?? "") === nameOfFile(oldPath),
    );
    const [only] = added;
    if (added.length === 1 && only?.newPath != null) moved.set(oldPath, only.newPath);
  }
  return moved;
}

/** The file's name without folders and without its ending. */
function nameOfFile(path: string): string {
  return (path.split("/").at(-1) ?? path).replace(/\.[cm]?[jt]sx?$/, "");
}

function importedNames(tree: SyntaxNode): SyntaxNode[] {
  return [...walk(tree)].flatMap(({ node }) => {
    const isRequire = node.type === "CallExpression" && nameOf(childOf(node, "callee")) === "require";
    const literal = isRequire ? childrenOf(node, "arguments")[0] : childOf(node, "source");
    return literal?.type === "Literal" && typeof literal.value === "string" ? [literal] : [];
  });
}

function resolves(from: string, specifier: string, files: readonly string[]): boolean {
  const target = joined(from, specifier);
  const endings = ["", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".json", "/index.js", "/index.ts"];
  return endings.some((ending) => files.includes(target + ending));
}

function joined(from: string, specifier: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}
