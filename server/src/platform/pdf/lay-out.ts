import { pdfString } from "./pdf-file.ts";
import { type PdfFont, pdfFonts, widthOf } from "./pdf-fonts.ts";
import { toWinAnsi } from "./to-win-ansi.ts";

/** A stretch of a line in one font. */
export interface PdfRun {
  readonly text: string;
  readonly font: PdfFont;
}

/** What a document consists of, from top to bottom. */
export type PdfBlock =
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  /** `indent` counts steps of a list; `mark` stands before the first line. */
  | {
      readonly kind: "text";
      readonly runs: readonly PdfRun[];
      readonly indent?: number | undefined;
      readonly mark?: string | undefined;
    }
  /** Lines as they are, in the font of typewriters; those too long go on in the next line. */
  | { readonly kind: "code"; readonly text: string; readonly indent?: number | undefined }
  | { readonly kind: "rule" };

/** A page: what is drawn on it, and the headings that it holds. */
export interface PdfPage {
  readonly content: string;
}
export interface PdfHeading {
  readonly text: string;
  readonly level: number;
  readonly page: number;
  readonly y: number;
}

/** A4 in points. */
export const pageSize = { width: 595, height: 842 } as const;
const MARGIN = 54;
const TOP = pageSize.height - 60;
const BOTTOM = 64;
const SIZE = 10;
const CODE_SIZE = 8.2;
const INDENT = 16;
const LEADING = 1.38;
const headingSizes = [17, 13, 11.5, 10.5] as const;

interface Word {
  readonly text: string;
  readonly font: PdfFont;
}

/** Breaks blocks into lines and lines into pages. A heading is never the last line of a page. */
export function layOut(blocks: readonly PdfBlock[]): {
  readonly pages: readonly PdfPage[];
  readonly headings: readonly PdfHeading[];
} {
  const pages: string[][] = [[]];
  const headings: PdfHeading[] = [];
  let y = TOP;
  const feed = () => {
    pages.push([]);
    y = TOP;
  };
  /** Room for a line; a new page where there is none. */
  const take = (height: number, keepPt = 0) => {
    if (y - height - keepPt < BOTTOM) feed();
    y -= height;
  };
  const draw = (operators: string) => pages.at(-1)?.push(operators);
  const gap = (height: number) => {
    if (y < TOP) y -= height;
  };

  for (const block of blocks) {
    switch (block.kind) {
      case "rule":
        gap(6);
        take(4);
        draw(`0.8 G 0.6 w ${MARGIN} ${y} m ${pageSize.width - MARGIN} ${y} l S`);
        break;
      case "heading": {
        const size = headingSizes[Math.min(block.level, headingSizes.length) - 1] ?? SIZE;
        gap(size * 0.9);
        const text = toWinAnsi(block.text.replaceAll("\n", " "));
        const lines = wrap([{ text, font: "bold" }], size, pageSize.width - 2 * MARGIN);
        for (const [index, line] of lines.entries()) {
          take(size * LEADING, index === 0 ? 3 * SIZE * LEADING : 0);
          if (index === 0) headings.push({ text: block.text, level: block.level, page: pages.length - 1, y: y + size });
          draw(lineAt(line, MARGIN, y, size));
        }
        gap(size * 0.2);
        break;
      }
      case "text": {
        const left = MARGIN + (block.indent ?? 0) * INDENT;
        const runs = block.runs.map(({ text, font }) => ({ text: toWinAnsi(text), font }));
        const lines = wrap(runs, SIZE, pageSize.width - MARGIN - left);
        for (const [index, line] of lines.entries()) {
          take(SIZE * LEADING);
          if (index === 0 && block.mark !== undefined) {
            const mark = toWinAnsi(block.mark);
            draw(lineAt([{ text: mark, font: "regular" }], left - widthOf(mark, "regular", SIZE) - 5, y, SIZE));
          }
          draw(lineAt(line, left, y, SIZE));
        }
        gap(block.mark === undefined ? SIZE * 0.5 : SIZE * 0.15);
        break;
      }
      case "code": {
        const left = MARGIN + (block.indent ?? 0) * INDENT;
        const width = pageSize.width - MARGIN - left;
        const columns = Math.floor((width - 12) / widthOf("x", "mono", CODE_SIZE));
        gap(2);
        for (const line of toWinAnsi(block.text.replace(/\n$/, "")).split("\n"))
          for (const part of cut(line, columns)) {
            const height = CODE_SIZE * LEADING;
            take(height);
            draw(`0.955 g ${left} ${round(y - height * 0.27)} ${width} ${round(height)} re f ${inkOf(line)}`);
            draw(`${lineAt([{ text: part, font: "mono" }], left + 6, y, CODE_SIZE)} 0 g`);
          }
        gap(SIZE * 0.7);
        break;
      }
    }
  }
  return { pages: pages.map((operators) => ({ content: operators.join("\n") })), headings };
}

/** A diff's lines are told apart by colour as well as by their first character. */
function inkOf(line: string): string {
  if (/^\+(?!\+\+)/.test(line)) return "0 0.36 0.15 rg";
  if (/^-(?!--)/.test(line)) return "0.6 0.07 0.07 rg";
  return "0 g";
}

/** Words in lines that are no wider than `width`; a word that is wider is cut. */
function wrap(runs: readonly PdfRun[], size: number, width: number): Word[][] {
  const lines: Word[][] = [];
  let line: Word[] = [];
  let used = 0;
  const end = () => {
    lines.push(line);
    line = [];
    used = 0;
  };
  for (const { text, font } of runs)
    for (const piece of text.split(/(\n| +)/)) {
      if (piece === "") continue;
      if (piece === "\n") {
        end();
        continue;
      }
      const isBlank = piece.trim() === "";
      for (const part of isBlank ? [piece] : cutToWidth(piece, font, size, width)) {
        const wide = widthOf(part, font, size);
        if (used + wide > width && line.length > 0 && !isBlank) end();
        if (isBlank && line.length === 0) continue;
        line.push({ text: part, font });
        used += wide;
      }
    }
  end();
  return lines.map((words) => (words.at(-1)?.text.trim() === "" ? words.slice(0, -1) : words));
}

function cutToWidth(word: string, font: PdfFont, size: number, width: number): string[] {
  if (widthOf(word, font, size) <= width) return [word];
  // By the widest letters, so that no part runs over.
  return cut(word, Math.max(1, Math.floor(width / size)));
}

function cut(text: string, length: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += length) parts.push(text.slice(at, at + length));
  return parts.length === 0 ? [""] : parts;
}

/** Operators that draw a line of text. */
function lineAt(words: readonly Word[], x: number, y: number, size: number): string {
  const shown: string[] = [];
  let font: PdfFont | null = null;
  let text = "";
  const flush = () => {
    if (text !== "") shown.push(`${pdfString(text)} Tj`);
    text = "";
  };
  for (const word of words) {
    if (word.font !== font) {
      flush();
      font = word.font;
      shown.push(`/${nameOf(font)} ${size} Tf`);
    }
    text += word.text;
  }
  flush();
  return `BT ${round(x)} ${round(y)} Td ${shown.join(" ")} ET`;
}

/** What a page calls a font. */
export function nameOf(font: PdfFont): string {
  return `F${Object.keys(pdfFonts).indexOf(font) + 1}`;
}

/** The head and foot of a page, drawn beside its content. */
export function footer(left: string, page: number, of: number): string {
  const right = `${page} / ${of}`;
  const x = pageSize.width - MARGIN - widthOf(right, "regular", 8);
  const room = x - MARGIN - 20;
  let text = toWinAnsi(left.replaceAll("\n", " "));
  while (widthOf(text, "regular", 8) > room) text = text.slice(0, -1);
  return `0.4 g ${lineAt([{ text, font: "regular" }], MARGIN, 36, 8)} ${lineAt([{ text: right, font: "regular" }], x, 36, 8)} 0 g`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
