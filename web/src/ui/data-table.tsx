import type { ReactNode } from "react";
import { ScrollBox } from "./scroll-box.tsx";

interface Column<Row> {
  readonly name: string;
  readonly isNumber?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

interface DataTableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
}

/** A table of figures; wide ones scroll in their own box. */
export function DataTable<Row>({ label, rows, columns, keyOf }: DataTableProps<Row>) {
  if (rows.length === 0) return <p className="text-[0.8125rem] text-ink-3">None.</p>;
  return (
    <ScrollBox label={label} className="max-h-[26rem] overflow-auto rounded-lg border border-line bg-panel">
      <table className="w-full border-collapse text-[0.8125rem]">
        <thead className="sticky top-0 bg-sunk">
          <tr>
            {columns.map(({ name, isNumber }) => (
              <th
                key={name}
                className={`eyebrow px-2 py-1.5 sm:px-3 font-normal whitespace-nowrap ${isNumber ? "text-right" : "text-left"}`}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className="border-t border-line align-top">
              {columns.map(({ name, isNumber, cell }) => (
                <td
                  key={name}
                  className={
                    isNumber
                      ? "px-2 py-1.5 text-right whitespace-nowrap sm:px-3"
                      : "min-w-28 px-2 py-1.5 [overflow-wrap:anywhere] sm:min-w-36 sm:px-3"
                  }
                >
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}
