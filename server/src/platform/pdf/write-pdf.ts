import { type PdfBlock, pdfFonts } from "./pdf-blocks.ts";
import { toShownText } from "./to-shown-text.ts";

export interface PdfContent {
  readonly title: string;
  /** At the foot of each page. */
  readonly footer: string;
  readonly createdAt: Date;
  readonly blocks: readonly PdfBlock[];
  /** A file within the file, such as the same in another form. */
  readonly attachment?: { readonly name: string; readonly mime: string; readonly content: Buffer } | undefined;
}

type Document = PDFKit.PDFDocument;

/** Points. */
const margins = { top: 54, bottom: 64, left: 54, right: 54 } as const;
const size = 10;
const codeSize = 8.2;
const footSize = 8;
const indentWidth = 16;
const headingSizes = [17, 13, 11.5, 10.5] as const;

/**
 * A PDF file of blocks of text: A4, the standard fonts, an outline of its headings. Nothing in it is a link, a script or a
 * reference to elsewhere.
 */
export async function writePdf({ title, footer, createdAt, blocks, attachment }: PdfContent): Promise<Buffer> {
  // Loaded when somebody exports: with its fonts it is the heaviest thing that most servers never need.
  const { default: PDFDocument } = await import("pdfkit");
  const doc = new PDFDocument({
    ...{ size: "A4", margins, bufferPages: true, displayTitle: true },
    info: { Title: title, Producer: "Culprit", Creator: "Culprit", CreationDate: createdAt },
  });
  const chunks: Buffer[] = [];
  const ended = new Promise<Buffer>((resolve, reject) => {
    doc.on("data", (chunk: Buffer) => chunks.push(chunk));
    doc.on("end", () => resolve(Buffer.concat(chunks)));
    doc.on("error", reject);
  });
  for (const block of blocks) drawBlock(doc, block);
  drawFeet(doc, toShownText(footer.replaceAll("\n", " ")));
  if (attachment !== undefined)
    doc.file(attachment.content, { name: attachment.name, type: attachment.mime, creationDate: createdAt });
  doc.end();
  return ended;
}

function drawBlock(doc: Document, block: PdfBlock): void {
  if (block.kind === "heading") drawHeading(doc, block);
  else if (block.kind === "text") drawText(doc, block);
  else if (block.kind === "code") drawCode(doc, block);
  else drawRule(doc);
}

function drawRule(doc: Document): void {
  keepTogether(doc, 12);
  doc.y += 6;
  doc.moveTo(margins.left, doc.y).lineTo(rightOf(doc), doc.y).lineWidth(0.6).stroke("#ccc");
  doc.y += 6;
}

/** A heading is never the last line of a page. */
function drawHeading(doc: Document, { level, text }: PdfBlock & { kind: "heading" }): void {
  const height = headingSizes[Math.min(level, headingSizes.length) - 1] ?? size;
  const words = oneLine(text);
  if (!isAtTop(doc)) doc.y += height * 0.9;
  keepTogether(doc, height * 1.4 + 3 * size * 1.4);
  if (words !== "") doc.outline.addItem(`${"    ".repeat(Math.max(0, level - 2))}${words}`);
  doc.font(pdfFonts.bold).fontSize(height).fillColor("black");
  doc.text(toShownText(words), margins.left, doc.y, { width: rightOf(doc) - margins.left });
  doc.y += height * 0.3;
}

function drawText(doc: Document, { runs, indent = 0, mark }: PdfBlock & { kind: "text" }): void {
  const left = margins.left + indent * indentWidth;
  const shown = runs.map(({ text, font }) => ({ text: toShownText(text), font })).filter(({ text }) => text !== "");
  doc.fontSize(size).fillColor("black").font(pdfFonts.regular);
  keepTogether(doc, size * 1.4);
  if (mark !== undefined) {
    const y = doc.y;
    doc.text(mark, left - doc.widthOfString(mark) - 5, y, { lineBreak: false });
    doc.y = y;
  }
  const options = { width: rightOf(doc) - left, lineGap: 2 };
  for (const [index, { text, font }] of shown.entries()) {
    doc.font(pdfFonts[font]);
    const continued = index < shown.length - 1;
    if (index === 0) doc.text(text, left, doc.y, { ...options, continued });
    else doc.text(text, { ...options, continued });
  }
  doc.y += mark === undefined ? size * 0.5 : size * 0.15;
}

function drawCode(doc: Document, { text, indent = 0 }: PdfBlock & { kind: "code" }): void {
  const left = margins.left + indent * indentWidth;
  const width = rightOf(doc) - left;
  doc.font(pdfFonts.mono).fontSize(codeSize);
  const columns = Math.floor((width - 12) / doc.widthOfString("x"));
  const height = codeSize * 1.38;
  for (const line of toShownText(text.replace(/\n$/, "")).split("\n"))
    for (const part of cut(line, columns)) {
      keepTogether(doc, height);
      const y = doc.y;
      doc.rect(left, y, width, height).fill("#f4f4f4");
      doc.fillColor(inkOf(line)).text(part, left + 6, y + 1.5, { lineBreak: false });
      doc.y = y + height;
    }
  doc.y += size * 0.7;
}

/** What a document is called and how many pages it has, at the foot of each. */
function drawFeet(doc: Document, left: string): void {
  const { start, count } = doc.bufferedPageRange();
  doc.font(pdfFonts.regular).fontSize(footSize);
  for (let page = start; page < start + count; page += 1) {
    doc.switchToPage(page);
    // Below the margin a line of text would open a new page.
    doc.page.margins.bottom = 0;
    const number = `${page + 1} / ${count}`;
    const y = doc.page.height - 42;
    const room = rightOf(doc) - margins.left - doc.widthOfString(number) - 20;
    doc.fillColor("#666").text(fitting(doc, left, room), margins.left, y, { lineBreak: false });
    doc.text(number, rightOf(doc) - doc.widthOfString(number), y, { lineBreak: false });
  }
}

function fitting(doc: Document, text: string, width: number): string {
  let shown = text;
  while (shown !== "" && doc.widthOfString(shown) > width) shown = shown.slice(0, -1);
  return shown;
}

/** A diff's lines are told apart by colour as well as by their first character. */
function inkOf(line: string): string {
  if (/^\+(?!\+\+)/.test(line)) return "#005c26";
  if (/^-(?!--)/.test(line)) return "#991212";
  return "black";
}

function keepTogether(doc: Document, height: number): void {
  if (doc.y + height > doc.page.height - margins.bottom) doc.addPage();
}

function isAtTop(doc: Document): boolean {
  return doc.y <= margins.top;
}

function rightOf(doc: Document): number {
  return doc.page.width - margins.right;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function cut(text: string, length: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += length) parts.push(text.slice(at, at + length));
  return parts.length === 0 ? [""] : parts;
}
