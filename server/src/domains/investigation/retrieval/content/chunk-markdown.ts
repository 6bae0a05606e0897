import { cutAtLines } from "./chunk-diff.ts";

const CHARS_MAX = 3_000;
const SECTIONS_MAX = 200;

/** A part of a document under its headings. */
export interface MarkdownSection {
  /** The headings above it, from the outermost, such as `Restart > Before you begin`. */
  readonly heading: string;
  readonly text: string;
}

/** The sections of a Markdown document, each with the headings above it; a `#` inside a code fence is none. Long ones are cut at line ends; the first 200. */
export function chunkMarkdown(markdown: string): MarkdownSection[] {
  const sections: { heading: string; lines: string[] }[] = [];
  const above: string[] = [];
  let fence: string | null = null;
  let current = { heading: "", lines: [] as string[] };
  for (const line of markdown.replaceAll("\r\n", "\n").split("\n")) {
    const [, mark] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
    if (mark !== undefined) {
      if (fence === null) fence = mark;
      else if (mark.startsWith(fence)) fence = null;
    }
    const [, level, title] = fence === null ? (/^ {0,3}(#{1,6})\s+(.+?)\s*#*\s*$/.exec(line) ?? []) : [];
    if (level === undefined || title === undefined) {
      current.lines.push(line);
      continue;
    }
    sections.push(current);
    above.length = Math.min(above.length, level.length - 1);
    above[level.length - 1] = title;
    current = { heading: above.filter((one) => one !== undefined).join(" > "), lines: [line] };
  }
  sections.push(current);
  return sections
    .map(({ heading, lines }) => ({ heading, text: lines.join("\n").trim() }))
    .filter(({ text }) => text !== "")
    .flatMap(({ heading, text }) => cutAtLines(text, CHARS_MAX).map((part) => ({ heading, text: part })))
    .slice(0, SECTIONS_MAX);
}
