import { basename } from "node:path";
import { caseFileError } from "../case-file-error.ts";
import type { CaseReader } from "../case-reader.ts";
import { observeColumns } from "../observe-columns.ts";
import { findCaseFile, readCaseText } from "../read-case-text.ts";
import { readCsv } from "../read-csv.ts";
import { readWideTable } from "../wide-table.ts";

/*
 * Cases as the Sock Shop data of RCD has them (Ikram et al., NeurIPS 2022): `normal.csv` and `anomalous.csv`, one row a second, a column `time`
 * and one for each `<service>_<metric>`. There is no call graph, and where the trouble was noticed is not said.
 */
export const sockshopReader: CaseReader = {
  format: "sockshop",
  signs: "normal.csv and anomalous.csv",
  async recognizes(folder) {
    return (
      (await findCaseFile([folder], ["normal.csv"])) !== null &&
      (await findCaseFile([folder], ["anomalous.csv"])) !== null
    );
  },
  async read(folder) {
    const tables = await Promise.all(
      ["normal.csv", "anomalous.csv"].map(async (name) => {
        const path = await findCaseFile([folder], [name]);
        if (path === null)
          throw caseFileError({
            file: `${folder}/${name}`,
            reason: "there is no such file",
            remedy: "A case has both normal.csv and anomalous.csv.",
          });
        const [head, ...rows] = readCsv(path, await readCaseText(path));
        if (head === undefined || rows.length === 0)
          throw caseFileError({
            file: path,
            reason: "it has no rows",
            remedy: "It has a heading and one row a second.",
          });
        const names = head.cells.slice(1);
        return { names, table: readWideTable(path, rows, names) };
      }),
    );
    const [normal, trouble] = tables;
    if (normal === undefined || trouble === undefined) throw new Error("two files were read");
    return {
      observations: observeColumns({
        columns: [
          ...tables.flatMap(({ names, table }) =>
            names.map((name, at) => ({ name, times: table.times, values: table.columns[at] ?? new Float64Array(0) })),
          ),
        ],
        baseline: intervalOf(normal.table.times),
        incident: intervalOf(trouble.table.times),
        ref: (column) => `file:${basename(folder)}/anomalous.csv#${column}`,
      }),
      changes: [],
      commits: [],
    };
  },
};

function intervalOf(times: Float64Array): { from: number; to: number } {
  return { from: times[0] ?? 0, to: (times[times.length - 1] ?? 0) + 1000 };
}
