import { caseFileError } from "./case-file-error.ts";
import { type CsvRow, millisecondsOf, numberOfCell } from "./read-csv.ts";

/** A table with an instant in the first column and one series in each other. */
export interface WideTable {
  readonly times: Float64Array;
  /** As many as columns without the first. */
  readonly columns: readonly Float64Array[];
}

/**
 * The rows below the heading as series, sorted by time; of several rows of one instant the last counts.
 * @param names of the columns without the first, for messages
 * @throws CulpritError INVALID_REQUEST for a row of another width, a cell that is no number, or an instant that is missing
 */
export function readWideTable(file: string, rows: readonly CsvRow[], names: readonly string[]): WideTable {
  const byTime = new Map<number, CsvRow>();
  for (const row of rows) {
    if (row.cells.length !== names.length + 1)
      throw caseFileError({
        file,
        line: row.line,
        reason: `it has ${row.cells.length} cells, the heading has ${names.length + 1}`,
        remedy: "Give each row as many cells as the heading; leave a missing value empty.",
      });
    const time = millisecondsOf(numberOfCell(row.cells[0], { file, line: row.line, column: "the instant" }));
    if (!Number.isFinite(time))
      throw caseFileError({
        file,
        line: row.line,
        reason: "the instant is missing",
        remedy: "Write it in seconds since 1970.",
      });
    byTime.set(time, row);
  }
  const sorted = [...byTime.entries()].sort(([a], [b]) => a - b);
  const columns = names.map((column, at) =>
    Float64Array.from(sorted, ([, row]) => numberOfCell(row.cells[at + 1], { file, line: row.line, column })),
  );
  return { times: Float64Array.from(sorted, ([time]) => time), columns };
}

/** Points of one series out of several tables, sorted by time. */
export function mergePoints(parts: readonly { readonly times: Float64Array; readonly values: Float64Array }[]): {
  times: Float64Array;
  values: Float64Array;
} {
  const points = parts
    .flatMap(({ times, values }) => Array.from(times, (time, at) => ({ time, value: values[at] ?? Number.NaN })))
    .sort((a, b) => a.time - b.time);
  return {
    times: Float64Array.from(points, ({ time }) => time),
    values: Float64Array.from(points, ({ value }) => value),
  };
}
