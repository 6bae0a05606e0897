/** Control characters but the tab, and those that turn the direction of writing or break a line: what a terminal obeys instead of showing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const obeyed = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * A line as a terminal may show it: what it would obey is written out as in JSON (`\u001b`, `\n`), so that nothing that came from a file or from production can
 * colour, hide or forge what stands around it. JSON stays the same JSON, because such characters only stand inside its strings.
 */
export function visibleLine(line: string): string {
  return line.replace(obeyed, (char) =>
    char === "\n" ? "\\n" : char === "\r" ? "\\r" : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A text of several lines for people: each visible, those after the first set in, so that none of them looks like one of ours. */
export function visibleText(text: string): string {
  return text
    .split("\n")
    .map((line, at) => (at === 0 || line.startsWith("  ") ? visibleLine(line) : `  ${visibleLine(line)}`))
    .join("\n");
}
