/** What a reformatting commit does to a file. */
export const formatStyles = ["tabs", "single-quotes", "wide"] as const;
export type FormatStyle = (typeof formatStyles)[number];

/** The same program in another layout; the template's own layout is two spaces and double quotes. */
export function reformat(source: string, style: FormatStyle): string {
  if (style === "single-quotes") return source.replace(/"([^"'\n`]*)"/g, "'$1'");
  if (style === "tabs") return source.replace(/^(?: {2})+/gm, (indent) => "\t".repeat(indent.length / 2));
  return withBlocks(source).replace(/^(?: {2})+/gm, (indent) => indent + indent);
}

/** Gives every one-line `if` its braces, as a linter's `curly` rule does when it mends. */
function withBlocks(source: string): string {
  return source.replace(
    /^( *)if \((.*)\) (return|throw|continue)( .*)?;$/gm,
    (_line, indent, condition, verb, rest = "") =>
      [`${indent}if (${condition}) {`, `${indent}  ${verb}${rest};`, `${indent}}`].join("\n"),
  );
}
