/** Characters of WinAnsi (Windows-1252) that lie elsewhere in Unicode. */
const moved: ReadonlyMap<string, number> = new Map(
  [
    ...["€", "", "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "", "Ž", ""],
    ...["", "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "", "ž", "Ÿ"],
  ].flatMap((char, at) => (char === "" ? [] : [[char, 0x80 + at] as const])),
);
/** What is said otherwise without loss. */
const spelt: Readonly<Record<string, string>> = {
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
 * A text in the characters of the standard fonts, a code unit each. Any other stands as its code point, `\u{4e2d}`: the
 * fonts of readers have no glyph for it, and a lost character would be a lost fact. Tabs are four blanks; line breaks stay.
 */
export function toWinAnsi(text: string): string {
  let out = "";
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (char === "\n" || (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff)) out += char;
    else if (char === "\t") out += "    ";
    else {
      const at = moved.get(char);
      out += at === undefined ? (spelt[char] ?? `\\u{${code.toString(16)}}`) : String.fromCharCode(at);
    }
  }
  return out;
}
