import { footer, layOut, nameOf, type PdfBlock, type PdfHeading, pageSize } from "./lay-out.ts";
import { PdfFile, pdfTextString } from "./pdf-file.ts";
import { type PdfFont, pdfFonts } from "./pdf-fonts.ts";

export interface PdfDocument {
  readonly title: string;
  /** At the foot of each page. */
  readonly footer: string;
  readonly createdAt: Date;
  readonly blocks: readonly PdfBlock[];
  /** A file within the file, such as the same in another form. */
  readonly attachment?: { readonly name: string; readonly mime: string; readonly content: Buffer } | undefined;
}

/**
 * A PDF file (ISO 32000-1) of blocks of text: A4, the standard fonts, an outline of its headings, deflated. Nothing in it is
 * a link, a script or a reference to elsewhere.
 */
export function writePdf(document: PdfDocument): Buffer {
  const file = new PdfFile();
  const { pages, headings } = layOut(document.blocks);
  const tree = file.reserve();
  const fonts = (Object.keys(pdfFonts) as PdfFont[])
    .map((font) => {
      const body = `<< /Type /Font /Subtype /Type1 /BaseFont /${pdfFonts[font]} /Encoding /WinAnsiEncoding >>`;
      return `/${nameOf(font)} ${file.add(body)} 0 R`;
    })
    .join(" ");
  const numbers = pages.map(({ content }, index) => {
    const foot = footer(document.footer, index + 1, pages.length);
    const stream = file.addStream(Buffer.from(`${content}\n${foot}`, "latin1"));
    return file.add(
      `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 ${pageSize.width} ${pageSize.height}] /Resources << /Font << ${fonts} >> >> /Contents ${stream} 0 R >>`,
    );
  });
  file.set(
    tree,
    `<< /Type /Pages /Count ${numbers.length} /Kids [${numbers.map((number) => `${number} 0 R`).join(" ")}] >>`,
  );
  const outlines = addOutlines(file, headings, numbers);
  const attached = document.attachment === undefined ? "" : addAttachment(file, document.attachment);
  const root = file.add(
    `<< /Type /Catalog /Pages ${tree} 0 R /Outlines ${outlines} 0 R /PageMode /UseOutlines /ViewerPreferences << /DisplayDocTitle true >>${attached} >>`,
  );
  const info = file.add(
    `<< /Title ${pdfTextString(document.title)} /Producer ${pdfTextString("Culprit")} /CreationDate (${dateOf(document.createdAt)}) >>`,
  );
  return file.end({ root, info });
}

/** The headings as a list beside the pages. */
function addOutlines(file: PdfFile, headings: readonly PdfHeading[], pages: readonly number[]): number {
  const root = file.reserve();
  const items = headings.map(() => file.reserve());
  for (const [index, { text, level, page, y }] of headings.entries()) {
    const before = items[index - 1];
    const after = items[index + 1];
    const name = `${"    ".repeat(Math.max(0, level - 2))}${text}`;
    file.set(
      items[index] ?? 0,
      `<< /Title ${pdfTextString(name)} /Parent ${root} 0 R${before === undefined ? "" : ` /Prev ${before} 0 R`}${after === undefined ? "" : ` /Next ${after} 0 R`} /Dest [${pages[page]} 0 R /XYZ null ${Math.ceil(y)} null] >>`,
    );
  }
  const ends = items.length === 0 ? "" : ` /First ${items[0]} 0 R /Last ${items.at(-1)} 0 R`;
  file.set(root, `<< /Type /Outlines /Count ${items.length}${ends} >>`);
  return root;
}

function addAttachment(
  file: PdfFile,
  { name, mime, content }: { readonly name: string; readonly mime: string; readonly content: Buffer },
): string {
  const subtype = mime.replace("/", "#2F");
  const stream = file.addStream(
    content,
    `/Type /EmbeddedFile /Subtype /${subtype} /Params << /Size ${content.length} >>`,
  );
  const spec = file.add(
    `<< /Type /Filespec /F ${pdfTextString(name)} /UF ${pdfTextString(name)} /EF << /F ${stream} 0 R /UF ${stream} 0 R >> >>`,
  );
  return ` /Names << /EmbeddedFiles << /Names [${pdfTextString(name)} ${spec} 0 R] >> >>`;
}

function dateOf(date: Date): string {
  return `D:${date.toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`;
}
