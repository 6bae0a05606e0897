import type { FailingFile, FileProposal } from "../../server/src/analysis/fixers/proposal.ts";
import { parseModule } from "../../server/src/vendors/oxc/parse-module.ts";

/** A file that failed on the first line that holds `at`. */
export function failingFile(source: string, at: string, path = "src/a.js"): FailingFile {
  const tree = parseModule(path, source);
  if (tree === null) throw new Error(`this does not parse: ${source}`);
  const line = source.split("\n").findIndex((text) => text.includes(at)) + 1;
  return { path, source, tree, line, column: null };
}

/** A unified diff of one file, out of its changed lines with their signs. */
export function diffOf(path: string, ...changed: readonly string[]): string {
  const count = (sign: string) => changed.filter((line) => line.startsWith(sign) || line.startsWith(" ")).length;
  return [
    `diff --git a/${path} b/${path}`,
    `--- a/${path}`,
    `+++ b/${path}`,
    `@@ -1,${count("-")} +1,${count("+")} @@`,
    ...changed,
    "",
  ].join("\n");
}

/** What the proposals make of the failing line, in their order. */
export function linesAfter(proposals: readonly FileProposal[], file: FailingFile): string[] {
  return proposals.map(({ text }) => (text.split("\n")[file.line - 1] ?? "").trim());
}
