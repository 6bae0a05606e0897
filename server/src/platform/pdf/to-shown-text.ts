/** What the standard fonts (WinAnsi, which is Windows-1252) have a glyph for beyond Latin-1. */
const known = new Set("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ");
/** What is said otherwise without loss. */
const spelt: Readonly<Record<string, string>> = {
  "\t": "    ",
  "→": "->",
  "←": "<-",
  "≥": ">=",
  "≤": "<=",
  "≠": "!=",
  "−": "-",
  "‑": "-",
  "✓": "[ok]",
  "✗": "[failed]",
  "\u2028": " ",
  "\u2029": " ",
};

/**
 * A text in the characters that the standard fonts can show. Any other stands as its code point, `\u{4e2d}`: a lost
 * character would be a lost fact. Line breaks stay.
 */
export function toShownText(text: string): string {
  let out = "";
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const isShown =
      char === "\n" || (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff) || known.has(char);
    out += isShown ? char : (spelt[char] ?? `\\u{${code.toString(16)}}`);
  }
  return out;
}
