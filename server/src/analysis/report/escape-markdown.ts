/**
 * A text from outside as it stands inside a line of Markdown: no markup, no links, no HTML, one line.
 */
export function escapeMarkdown(text: string, charsMax = 400): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
  const cut = line.length > charsMax ? `${line.slice(0, charsMax)}…` : line;
  return cut
    .replace(/[\\`*_{}[\]()<>#+!|~&$@-]/g, (char) =>
      char === "-" || char === "(" || char === ")" || char === "+" ? char : `\\${char}`,
    )
    .replace(/:\/\//g, "\\://");
}

/** A text from outside as a fenced block; the fence is longer than any run of backticks inside. */
export function fence(text: string, language = "", charsMax = 4000): string {
  const cut = text.length > charsMax ? `${text.slice(0, charsMax)}\n… (cut)` : text;
  const clean = cut.replace(/\p{Cc}/gu, (char) => (char === "\n" || char === "\t" ? char : " "));
  const longest = Math.max(2, ...(clean.match(/`+/g) ?? []).map((run) => run.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}${language}\n${clean.replace(/\n+$/, "")}\n${ticks}`;
}
