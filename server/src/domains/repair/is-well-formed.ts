import type { RepairDeps } from "./repair-deps.ts";

/** Whether a file's text is what its name says, as far as a parser is at hand. */
export function isWellFormed({ parseModule }: Pick<RepairDeps, "parseModule">, path: string, text: string): boolean {
  if (/\.[cm]?[jt]sx?$/.test(path)) return parseModule(path, text) !== null;
  if (!path.endsWith(".json") || /(?:^|\/)(?:tsconfig|jsconfig)[^/]*\.json$|(?:^|\/)\.vscode\//.test(path)) return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
