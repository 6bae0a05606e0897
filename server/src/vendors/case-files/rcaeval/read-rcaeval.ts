import { basename, join } from "node:path";
import { caseFileError } from "../case-file-error.ts";
import type { CaseReader } from "../case-reader.ts";
import { observeColumns } from "../observe-columns.ts";
import { findCaseFile, readCaseText } from "../read-case-text.ts";
import { millisecondsOf, readCsv } from "../read-csv.ts";
import { readWideTable } from "../wide-table.ts";

/** The newest layout has a small and a whole table of metrics; the small one is what its methods are measured with. */
const tables = ["simple_metrics.csv", "data.csv", "simple_data.csv", "metrics.csv"];

/*
 * Cases as RCAEval publishes them (Pham et al., WWW 2025, https://github.com/phamquiluan/RCAEval): `data.csv` (or `simple_metrics.csv`) with `time` in seconds
 * and a column for each `<service>_<metric>`, and `inject_time.txt`, before which all was normal. Its log lines and spans, where there are
 * any, are not read yet.
 */
export const rcaevalReader: CaseReader = {
  format: "rcaeval",
  signs: "data.csv and inject_time.txt",
  async recognizes(folder) {
    return (
      (await findCaseFile([folder], ["inject_time.txt"])) !== null && (await findCaseFile([folder], tables)) !== null
    );
  },
  async read(folder) {
    const path = await findCaseFile([folder], tables);
    const injectPath = await findCaseFile([folder], ["inject_time.txt"]);
    if (path === null || injectPath === null)
      throw caseFileError({
        file: join(folder, path === null ? "data.csv" : "inject_time.txt"),
        reason: "there is no such file",
        remedy: "A case of this format has both.",
      });
    const text = (await readCaseText(injectPath)).trim();
    const injectedAt = millisecondsOf(Number(text));
    if (text === "" || !Number.isFinite(injectedAt))
      throw caseFileError({
        file: injectPath,
        line: 1,
        reason: `it reads ${JSON.stringify(text.slice(0, 60))}`,
        remedy: "It holds one instant in seconds since 1970.",
      });
    const [head, ...rows] = readCsv(path, await readCaseText(path));
    if (head === undefined || rows.length === 0)
      throw caseFileError({
        file: path,
        reason: "it has no rows",
        remedy: "It has a heading and one row for each instant.",
      });
    const names = head.cells.slice(1);
    const { times, columns } = readWideTable(path, rows, names);
    const gaps: string[] = [];
    for (const name of ["logs.csv", "traces.csv"])
      if ((await findCaseFile([folder], [name])) !== null) gaps.push(`${name} of this format is not read.`);
    return {
      observations: observeColumns({
        // Some exports repeat the time as a column of its own.
        columns: names.flatMap((name, at) =>
          /^time(\.\d+)?$/u.test(name) ? [] : [{ name, times, values: columns[at] ?? new Float64Array(0) }],
        ),
        baseline: { from: Math.min(times[0] ?? injectedAt, injectedAt - 1), to: injectedAt },
        incident: { from: injectedAt, to: Math.max((times[times.length - 1] ?? injectedAt) + 1, injectedAt + 1) },
        ref: (column) => `file:${basename(folder)}/${basename(path)}#${column}`,
        gaps,
      }),
      changes: [],
      commits: [],
    };
  },
};
