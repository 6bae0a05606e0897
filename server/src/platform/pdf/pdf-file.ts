import { deflateSync } from "node:zlib";

/** A PDF file as it is put together: objects by number, and where each begins. */
export class PdfFile {
  readonly #objects: Buffer[] = [];

  /** Keeps a number for an object that is written later. */
  reserve(): number {
    return this.#objects.push(Buffer.alloc(0));
  }

  /** @returns the number of the object. */
  add(body: string): number {
    return this.#objects.push(Buffer.from(body, "latin1"));
  }

  set(number: number, body: string): void {
    this.#objects[number - 1] = Buffer.from(body, "latin1");
  }

  /** A stream, deflated. `entries` stand in its dictionary. */
  addStream(content: Buffer, entries = ""): number {
    const data = deflateSync(content);
    const head = Buffer.from(`<< ${entries} /Filter /FlateDecode /Length ${data.length} >>\nstream\n`, "latin1");
    return this.#objects.push(Buffer.concat([head, data, Buffer.from("\nendstream", "latin1")]));
  }

  /** The file: header, objects, table of their places, trailer (ISO 32000-1, 7.5). */
  end({ root, info }: { readonly root: number; readonly info: number }): Buffer {
    // The second line tells programs that carry files that it is no text.
    const parts = [Buffer.from("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "latin1")];
    let at = parts[0]?.length ?? 0;
    const places = this.#objects.map((body, index) => {
      const object = Buffer.concat([
        Buffer.from(`${index + 1} 0 obj\n`, "latin1"),
        body,
        Buffer.from("\nendobj\n", "latin1"),
      ]);
      const place = at;
      parts.push(object);
      at += object.length;
      return place;
    });
    const table = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
    parts.push(
      Buffer.from(
        `xref\n0 ${places.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${places.length + 1} /Root ${root} 0 R /Info ${info} 0 R >>\nstartxref\n${at}\n%%EOF\n`,
        "latin1",
      ),
    );
    return Buffer.concat(parts);
  }
}

/** A text of WinAnsi as a string object. */
export function pdfString(text: string): string {
  return `(${text
    .replace(/[\\()]/g, "\\$&")
    .replace(/\n/g, "\\n")
    .replace(/\r/g, "\\r")})`;
}

/** Any text as a string object of the document's properties, in UTF-16. */
export function pdfTextString(text: string): string {
  const bytes = Buffer.from(`\ufeff${text.toWellFormed()}`, "utf16le").swap16();
  return `<${bytes.toString("hex")}>`;
}
