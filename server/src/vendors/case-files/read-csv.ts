import { caseFileError } from "./case-file-error.ts";

/** One record of a CSV file, with the line that it begins at. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * The records of a CSV text (RFC 4180: quotes, doubled quotes, line breaks inside quotes; CRLF or LF; a byte order mark is skipped), empty lines left out.
 * @throws CulpritError INVALID_REQUEST for a quote that never ends.
 */
export function readCsv(file: string, text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
  // A text without a quote, as measurements are, is split ten times faster than it is walked.
  if (!plain.includes('"')) {
    let line = 0;
    for (const record of plain.split("\n")) {
      line += 1;
      const bare = record.endsWith("\r") ? record.slice(0, -1) : record;
      if (bare !== "") rows.push({ line, cells: bare.split(",") });
    }
    return rows;
  }
  let cells: string[] = [];
  let cell = "";
  let line = 1;
  let rowLine = 1;
  let isQuoted = false;
  let quotedAt = 0;
  const endRow = () => {
    cells.push(cell);
    if (cells.length > 1 || cells[0] !== "") rows.push({ line: rowLine, cells });
    cells = [];
    cell = "";
  };
  for (let at = 0; at < plain.length; at += 1) {
    const char = plain[at] ?? "";
    if (isQuoted) {
      if (char === '"' && plain[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else if (char === '"') isQuoted = false;
      else {
        if (char === "\n") line += 1;
        cell += char;
      }
    } else if (char === '"' && cell === "") {
      isQuoted = true;
      quotedAt = line;
    } else if (char === ",") {
      cells.push(cell);
      cell = "";
    } else if (char === "\n") {
      endRow();
      line += 1;
      rowLine = line;
    } else if (char !== "\r") cell += char;
  }
  if (isQuoted)
    throw caseFileError({
      file,
      line: quotedAt,
      reason: "a quoted cell never ends",
      remedy: 'Close the quote, and write a quote inside a cell as "".',
    });
  endRow();
  return rows;
}

/** A cell as a number: empty, `NaN`, `null` and `-` are NaN, a missing value. @throws CulpritError INVALID_REQUEST for any other text. */
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
  return Number.isFinite(value) ? value : Number.NaN;
}

/** An instant in seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by its size, as milliseconds. */
export function millisecondsOf(epoch: number): number {
  const size = Math.abs(epoch);
  if (size < 1e11) return epoch * 1000;
  if (size < 1e14) return epoch;
  return size < 1e17 ? epoch / 1000 : epoch / 1e6;
}
