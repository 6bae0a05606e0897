/** The fonts of every PDF reader that a document of ours uses; nothing is embedded. */
export const pdfFonts = {
  regular: "Helvetica",
  bold: "Helvetica-Bold",
  italic: "Helvetica-Oblique",
  mono: "Courier",
} as const;
export type PdfFont = keyof typeof pdfFonts;

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
