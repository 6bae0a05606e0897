import { parseSync } from "oxc-parser";
import type { SyntaxNode } from "../../analysis/fixers/syntax.ts";

/** The syntax tree of a JavaScript or TypeScript file; null where it does not parse. */
export function parseModule(path: string, source: string): SyntaxNode | null {
  try {
    const { program, errors } = parseSync(path, source, { sourceType: "unambiguous" });
    return errors.some((error) => error.severity === "Error") ? null : (program as unknown as SyntaxNode);
  } catch {
    return null;
  }
}
