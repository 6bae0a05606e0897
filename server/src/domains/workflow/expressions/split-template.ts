import { ExpressionError } from "./expression-error.ts";

/** A text in its parts: what stands there, and expressions with the place of their first character. */
export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "expression"; readonly text: string; readonly start: number };

/**
 * The parts of a text with `${{ … }}` in it; `$${{` stands for `${{` itself.
 * @throws ExpressionError when a template isn't closed.
 */
export function splitTemplate(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let plain = "";
  let at = 0;
  for (;;) {
    const open = text.indexOf("${{", at);
    if (open < 0) break;
    if (text[open - 1] === "$" && open > at) {
      plain += `${text.slice(at, open - 1)}\${{`;
      at = open + 3;
      continue;
    }
    plain += text.slice(at, open);
    const close = endOfExpression(text, open + 3);
    if (close < 0) throw new ExpressionError(text.slice(open, open + 200), "it is not closed by }}", 0);
    if (plain !== "") parts.push({ kind: "text", text: plain });
    plain = "";
    const inner = text.slice(open + 3, close);
    parts.push({ kind: "expression", text: inner.trim(), start: open + 3 + (inner.length - inner.trimStart().length) });
    at = close + 2;
  }
  plain += text.slice(at);
  if (plain !== "" || parts.length === 0) parts.push({ kind: "text", text: plain });
  return parts;
}

/** Where the `}}` stands that closes it: not one in a text, nor one that closes maps. */
function endOfExpression(text: string, from: number): number {
  let depth = 0;
  let quote: string | null = null;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (quote !== null) {
      if (character === "\\") at += 1;
      else if (character === quote) quote = null;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === "{") depth += 1;
    else if (character === "}") {
      if (depth > 0) depth -= 1;
      else if (text[at + 1] === "}") return at;
    }
  }
  return -1;
}
