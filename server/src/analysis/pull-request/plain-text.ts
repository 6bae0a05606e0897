import { escapeMarkdown } from "../report/escape-markdown.ts";

/** Put after what a forge would make live: it is not seen, and breaks the word. */
const joiner = "\u2060";

/**
 * A text from outside as it stands inside a comment on a forge: one line, no markup, and nobody mentioned, no issue
 * linked and no address made clickable. A backslash does not stop a mention: forges look for them in what was rendered.
 */
export function asPlainText(text: string, charsMax = 200): string {
  return escapeMarkdown(text, charsMax)
    .replace(/\\([@#])/g, `$1${joiner}`)
    .replace(/\b(GH)-(?=\d)/gi, `$1${joiner}-`)
    .replace(/\bwww\./gi, (match) => `${match.slice(0, 3)}${joiner}.`)
    .replace(/\b[0-9a-f]{7,64}\b/gi, (match) => `${match.slice(0, 3)}${joiner}${match.slice(3)}`);
}

/** A path or another name as code, whatever it holds. */
export function asCode(text: string, charsMax = 200): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
  const cut = line.length > charsMax ? `…${line.slice(-charsMax)}` : line;
  const ticks = "`".repeat(Math.max(0, ...(cut.match(/`+/g) ?? []).map((run) => run.length)) + 1);
  const pad = cut.startsWith("`") || cut.endsWith("`") || cut === "" ? " " : "";
  return `${ticks}${pad}${cut}${pad}${ticks}`;
}
