import { evaluateExpression, parseExpression } from "./evaluate-expression.ts";
import { ExpressionError } from "./expression-error.ts";
import { namesOfScope } from "./names-of-scope.ts";
import type { Scope, Secrets } from "./scope.ts";
import { splitTemplate } from "./split-template.ts";
import { toText } from "./to-json.ts";

const TEXT_MAX = 8_000_000;
const DEPTH_MAX = 60;

/**
 * `value` with every `${{ … }}` in its texts filled, keys of maps left as they are. A text that is one whole template
 * becomes what its expression gives, of whatever type. Without `secrets`, none can be named.
 * @throws ExpressionError which names the expression and the place.
 */
export function fillTemplates(value: unknown, scope: Scope, secrets?: Secrets): unknown {
  const names = namesOfScope(scope, secrets);
  let characters = 0;
  const bounded = <T>(filled: T): T => {
    characters += typeof filled === "string" ? filled.length : 0;
    if (characters > TEXT_MAX) throw new ExpressionError("${{ … }}", "what all templates make is too large", 0);
    return filled;
  };
  const fill = (part: unknown, depth: number): unknown => {
    if (depth > DEPTH_MAX) throw new ExpressionError("${{ … }}", `it lies deeper than ${DEPTH_MAX} levels`, 0);
    if (typeof part === "string") return bounded(fillText(part, names));
    if (Array.isArray(part)) return part.map((item) => fill(item, depth + 1));
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, fill(item, depth + 1)]));
  };
  return fill(value, 0);
}

function fillText(text: string, names: ReadonlyMap<string, unknown>): unknown {
  if (!text.includes("${{")) return text;
  const parts = splitTemplate(text);
  const [only] = parts;
  if (parts.length === 1 && only?.kind === "expression") return evaluateExpression(parseExpression(only.text), names);
  return parts
    .map((part) => (part.kind === "text" ? part.text : toText(evaluateExpression(parseExpression(part.text), names))))
    .join("");
}

/** The names of the secrets that the templates in `value` read, so that only those are opened. */
export function secretNamesIn(value: unknown): readonly string[] {
  const names = new Set<string>();
  const visit = (part: unknown): void => {
    if (typeof part === "string") {
      if (!part.includes("secrets")) return;
      for (const { kind, text } of splitTemplate(part)) {
        if (kind === "text") continue;
        for (const { root, keys } of parseExpression(text).paths) {
          if (root === "secrets" && typeof keys[0] === "string") names.add(keys[0]);
        }
      }
    } else if (typeof part === "object" && part !== null) for (const item of Object.values(part)) visit(item);
  };
  visit(value);
  return [...names].sort();
}
