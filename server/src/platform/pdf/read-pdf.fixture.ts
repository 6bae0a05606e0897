import { extractTextItems, getDocumentProxy } from "unpdf";

/** What a reader (PDF.js) sees in a file. */
export async function readPdf(file: Uint8Array) {
  const pdf = await getDocumentProxy(new Uint8Array(file), { verbosity: 0 });
  const [{ items }, outline, { info }, attachments] = await Promise.all([
    extractTextItems(pdf),
    pdf.getOutline(),
    pdf.getMetadata(),
    pdf.getAttachments() as Promise<Record<string, { filename: string; content: Uint8Array }> | null>,
  ]);
  return {
    /** Lines of each page, each put together of what stands at one height; the reader takes several blanks as one. */
    pages: items.map((page) => {
      const drawn = page.filter(({ str }) => str !== "");
      const lines = Map.groupBy(drawn, ({ y }) => Math.round(y));
      return { drawn, lines: [...lines.values()].map((line) => line.map(({ str }) => str).join("")) };
    }),
    outline: ((outline ?? []) as { title: string }[]).map(({ title }) => title),
    title: (info as { Title?: string }).Title,
    attachments: Object.values(attachments ?? {}).map(({ filename, content }) => ({
      name: filename,
      content: Buffer.from(content),
    })),
  };
}
