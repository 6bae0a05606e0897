import { inflateSync } from "node:zlib";
import { type PdfFont, pdfFonts } from "./pdf-fonts.ts";

/** A stretch of text as a page draws it. */
interface Drawn {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly font: PdfFont;
  readonly size: number;
}

/**
 * A reader of PDF files that is as strict as a file of ours must be: it goes by the table of places alone, and throws where an object is not
 * where the table says, a reference leads nowhere, or a stream is not as long as it says.
 */
export function readPdf(file: Buffer) {
  const text = file.toString("latin1");
  if (!text.startsWith("%PDF-1.7\n") || !text.endsWith("%%EOF\n")) throw new Error("head or end is missing");
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
  const table =
    /^xref\n0 (\d+)\n((?:\d{10} \d{5} [nf] \n)+)trailer\n<< \/Size (\d+) \/Root (\d+) 0 R \/Info (\d+) 0 R >>/.exec(
      text.slice(start),
    );
  if (table === null) throw new Error("no table of places");
  const [, count, entries = "", size, root, info] = table;
  if (count !== size) throw new Error("the table's size differs");
  const places = entries
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => Number(line.slice(0, 10)));
  const bodies = places.map((place, index) => {
    const head = `${index + 1} 0 obj\n`;
    if (!text.startsWith(head, place)) throw new Error(`object ${index + 1} is not at ${place}`);
    const end = text.indexOf("\nendobj\n", place);
    return text.slice(place + head.length, end);
  });
  const body = (number: number): string => {
    const found = bodies[number - 1];
    if (found === undefined || found === "") throw new Error(`no object ${number}`);
    return found;
  };
  for (const one of bodies)
    for (const [, number] of (one.split("stream\n")[0] ?? "").matchAll(/(\d+) 0 R/g)) body(Number(number));
  const refs = (one: string, key: string) =>
    [...(new RegExp(`/${key} (\\[[^\\]]*\\]|\\d+ 0 R)`).exec(one)?.[1] ?? "").matchAll(/(\d+) 0 R/g)].map((found) =>
      Number(found[1]),
    );
  const stream = (number: number): Buffer => {
    const one = body(number);
    const length = Number(/\/Length (\d+)/.exec(one)?.[1]);
    const from = one.indexOf("stream\n") + 7;
    const data = Buffer.from(one.slice(from, from + length), "latin1");
    if (one.slice(from + length) !== "\nendstream") throw new Error(`the stream of ${number} is not ${length} long`);
    return inflateSync(data);
  };
  const catalog = body(Number(root));
  const [tree = 0] = refs(catalog, "Pages");
  const pages = refs(body(tree), "Kids").map((page) => {
    const drawn = refs(body(page), "Contents").flatMap((number) => drawnOf(stream(number).toString("latin1")));
    const lines = new Map<string, string>();
    for (const one of drawn) lines.set(`${one.x} ${one.y}`, (lines.get(`${one.x} ${one.y}`) ?? "") + one.text);
    return { drawn, lines: [...lines.values()] };
  });
  const outline: string[] = [];
  const [outlines = 0] = refs(catalog, "Outlines");
  for (let [at] = refs(body(outlines), "First"); at !== undefined; [at] = refs(body(at), "Next"))
    outline.push(textString(/\/Title <([0-9a-f]*)>/.exec(body(at))?.[1]));
  const attachments = [...catalog.matchAll(/\/Names \[<([0-9a-f]*)> (\d+) 0 R\]/g)].map(([, name, number]) => ({
    name: textString(name),
    content: stream(refs(/\/EF (<<.*?>>)/.exec(body(Number(number)))?.[1] ?? "", "F")[0] ?? 0),
  }));
  return {
    ...{ pages, outline, attachments },
    info: { Title: textString(/\/Title <([0-9a-f]*)>/.exec(body(Number(info)))?.[1]) },
  };
}

function textString(hex = ""): string {
  return Buffer.from(hex, "hex")
    .swap16()
    .toString("utf16le")
    .replace(/^\ufeff/, "");
}

function drawnOf(content: string): Drawn[] {
  const fonts = Object.keys(pdfFonts) as PdfFont[];
  return [...content.matchAll(/BT (\S+) (\S+) Td (.*?) ET/gs)].flatMap(([, x, y, operators = ""]) => {
    let font: PdfFont = "regular";
    let size = 0;
    const drawn: Drawn[] = [];
    for (const [, name, points, string] of operators.matchAll(/\/F(\d) (\S+) Tf|\(((?:\\.|[^\\)])*)\) Tj/gs))
      if (name !== undefined) [font, size] = [fonts[Number(name) - 1] ?? "regular", Number(points)];
      else if (string !== undefined)
        drawn.push({ x: Number(x), y: Number(y), text: fromWinAnsi(string.replace(/\\(.)/gs, "$1")), font, size });
    return drawn;
  });
}

function fromWinAnsi(text: string): string {
  return new TextDecoder("windows-1252").decode(Buffer.from(text, "latin1"));
}
