import type { TraceLog, TraceSpan } from "../../../analysis/traces/trace-event.ts";
import { caseFileError } from "../case-file-error.ts";
import { readCaseText } from "../read-case-text.ts";
import { type CsvRow, numberOfCell, readCsv } from "../read-csv.ts";
import { serviceOfPod } from "./service-of-pod.ts";

/** A line as it was written, before it was mined. */
export interface RawLine {
  readonly nanoseconds: string;
  readonly atMs: number;
  readonly component: string;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly body: string;
  /** Where it was told beside the line. */
  readonly severity?: TraceLog["severity"];
}

const spanColumns = [
  "TraceID",
  "SpanID",
  "ParentID",
  "PodName",
  "OperationName",
  "StartTimeUnixNano",
  "EndTimeUnixNano",
];
const logColumns = ["TimeUnixNano", "PodName", "TraceID", "SpanID", "Log"];

/** The spans of a file. Their length is taken from start and end: the column of durations has other units here and there. */
export async function readSpans(file: string): Promise<TraceSpan[]> {
  const { rows, cell } = await readTable(file, spanColumns);
  return rows.map((row) => {
    const time = (column: string) => numberOfCell(cell(row, column), { file, line: row.line, column }) / 1e6;
    const [startMs, endMs] = [time("StartTimeUnixNano"), time("EndTimeUnixNano")];
    const parent = idOrNull(cell(row, "ParentID"));
    return {
      traceId: cell(row, "TraceID"),
      spanId: cell(row, "SpanID"),
      parentSpanId: parent,
      component: serviceOfPod(cell(row, "PodName")),
      operation: cell(row, "OperationName"),
      startMs,
      durationMs: Math.max(0, endMs - startMs),
      isError: false,
    };
  });
}

export async function readLogs(file: string): Promise<RawLine[]> {
  const { rows, cell } = await readTable(file, logColumns);
  return rows.map((row) => {
    const nanoseconds = cell(row, "TimeUnixNano");
    return {
      nanoseconds,
      atMs: numberOfCell(nanoseconds, { file, line: row.line, column: "TimeUnixNano" }) / 1e6,
      component: serviceOfPod(cell(row, "PodName")),
      traceId: idOrNull(cell(row, "TraceID")),
      spanId: idOrNull(cell(row, "SpanID")),
      body: cell(row, "Log"),
    };
  });
}

async function readTable(file: string, columns: readonly string[]) {
  const [head, ...rest] = readCsv(file, await readCaseText(file));
  const places = new Map(columns.map((name) => [name, head?.cells.indexOf(name) ?? -1]));
  const missing = columns.filter((name) => (places.get(name) ?? -1) < 0);
  if (missing.length > 0)
    throw caseFileError({
      file,
      line: 1,
      reason: `the heading lacks ${missing.join(", ")}`,
      remedy: `It names at least ${columns.join(", ")}.`,
    });
  const cell = (row: CsvRow, name: string) => row.cells[places.get(name) ?? -1] ?? "";
  // Files that were put together repeat the heading.
  return { rows: rest.filter((row) => row.cells[0] !== head?.cells[0]), cell };
}

function idOrNull(text: string): string | null {
  return /^[0-9a-f]{8,32}$/i.test(text) ? text.toLowerCase() : null;
}
