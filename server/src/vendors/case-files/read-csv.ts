import { caseFileError } from "./case-file-error.ts";

/** One record of a CSV file, with the line that it begins at. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** The records of a CSV text, as `eachCsvRow` reads them. */
export function readCsv(file: string, text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  eachCsvRow(file, text, (row) => rows.push(row));
  return rows;
}

/**
 * Visits the records of a CSV text in their order (RFC 4180: quotes, doubled quotes, line breaks inside quotes; CRLF or LF; a byte order mark is
 * skipped), empty lines left out.
 * @throws CulpritError INVALID_REQUEST for a quote that never ends.
 */
export function eachCsvRow(file: string, text: string, visit: (row: CsvRow) => void): void {
  let line = 1;
  for (let from = text.startsWith("\uFEFF") ? 1 : 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    const until = end < 0 ? text.length : end;
    const bare = text.slice(from, text[until - 1] === "\r" ? until - 1 : until);
    // Measurements have no quotes: such a line is split ten times faster than it is walked.
    if (!bare.includes('"')) {
      if (bare !== "") visit({ line, cells: bare.split(",") });
      from = until + 1;
      line += 1;
      continue;
    }
    const quoted = readQuoted(file, text, from, line);
    visit({ line, cells: quoted.cells });
    from = quoted.next;
    line += quoted.lines;
  }
}

/** One record with quotes in it, from `start` on. */
function readQuoted(
  file: string,
  text: string,
  start: number,
  line: number,
): { cells: string[]; next: number; lines: number } {
  const cells: string[] = [];
  let cell = "";
  let lines = 1;
  let isQuoted = false;
  let at = start;
  for (; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (isQuoted) {
      if (char !== '"') {
        if (char === "\n") lines += 1;
        cell += char;
      } else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (char === '"' && cell === "") isQuoted = true;
    else if (char === ",") {
      cells.push(cell);
      cell = "";
    } else if (char === "\n") break;
    else if (char !== "\r") cell += char;
  }
  if (isQuoted)
    throw caseFileError({
      file,
      line,
      reason: "a quoted cell never ends",
      remedy: 'Close the quote, and write a quote inside a cell as "".',
    });
  return { cells: [...cells, cell], next: at + 1, lines };
}

/** A cell as a number: empty, `NaN`, `null` and `-` are NaN, a missing value; what is too large for a number is infinite. @throws CulpritError INVALID_REQUEST for any other text. */
export function numberOfCell(
  cell: string | undefined,
  place: { readonly file: string; readonly line: number; readonly column: string },
): number {
  const text = (cell ?? "").trim();
  if (text === "" || /^(nan|null|none|-|n\/a)$/iu.test(text)) return Number.NaN;
  const value = Number(text);
  if (Number.isNaN(value))
    throw caseFileError({
      file: place.file,
      line: place.line,
      reason: `${place.column} is ${JSON.stringify(text.slice(0, 60))}, which is no number`,
      remedy: "Write a number, or leave the cell empty where the value is missing.",
    });
  return value;
}

/** An instant in seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by its size, as milliseconds. */
export function millisecondsOf(epoch: number): number {
  const size = Math.abs(epoch);
  if (size < 1e11) return epoch * 1000;
  if (size < 1e14) return epoch;
  return size < 1e17 ? epoch / 1000 : epoch / 1e6;
}
