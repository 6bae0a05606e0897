import { nearestName } from "../../../platform/names/nearest-name.ts";
import { parseExpression } from "./evaluate-expression.ts";
import { ExpressionError } from "./expression-error.ts";
import type { Path } from "./paths-of.ts";
import { splitTemplate } from "./split-template.ts";

/** What is known of a value before it is there: undefined where nothing is. */
export type Shape = { readonly keys: ReadonlyMap<string, Shape | undefined>; readonly isOpen: boolean };

/** The names that an expression may use at its place, and what is known of their values. */
export type Known = ReadonlyMap<string, Shape | undefined>;

export interface ExpressionProblem {
  readonly message: string;
  /** Where in the checked text, from 0. */
  readonly position: number;
}

/** What is wrong with one expression: it can't be read, or names what can't be there. Empty when nothing is. */
export function checkExpression(text: string, known: Known): readonly ExpressionProblem[] {
  try {
    const { paths } = parseExpression(text);
    return paths.flatMap((path) => {
      const message = complaintOf(path, known);
      return message === null
        ? []
        : [
            {
              message: `\`${text.slice(0, 200)}\`: ${message}${message.endsWith("?") ? "" : "."}`,
              position: path.start,
            },
          ];
    });
  } catch (error) {
    if (error instanceof ExpressionError) return [{ message: error.message, position: error.position }];
    throw error;
  }
}

/** The same for every template in a text. */
export function checkTemplate(text: string, known: Known): readonly ExpressionProblem[] {
  if (!text.includes("${{")) return [];
  try {
    return splitTemplate(text).flatMap((part) =>
      part.kind === "text"
        ? []
        : checkExpression(part.text, known).map(({ message, position }) => ({
            message,
            position: part.start + position,
          })),
    );
  } catch (error) {
    if (error instanceof ExpressionError) return [{ message: error.message, position: error.position }];
    throw error;
  }
}

function complaintOf({ root, keys }: Path, known: Known): string | null {
  // Names that the language itself has.
  if (root === "cel" || root === "optional" || root === "google") return null;
  if (!known.has(root)) return `nothing is named \`${root}\` here${suggestion(root, [...known.keys()])}`;
  let at = known.get(root);
  let name = root;
  for (const key of keys) {
    if (at === undefined || at.isOpen) return null;
    if (typeof key === "number") return null;
    if (!at.keys.has(key)) return `\`${name}\` has no \`${key}\`${suggestion(key, [...at.keys.keys()])}`;
    at = at.keys.get(key);
    name = `${name}.${key}`;
  }
  return null;
}

/** The nearest name that there is, or the few there are. */
export function suggestion(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  if (nearest !== null) return `; did you mean \`${nearest}\`?`;
  if (known.length === 0) return "; there is none";
  return known.length > 12 ? "" : `; there is ${known.map((one) => `\`${one}\``).join(", ")}`;
}
