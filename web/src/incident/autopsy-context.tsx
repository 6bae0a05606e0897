import type { AutopsyAnswer } from "@culprit/contract";
import { DataTable } from "../ui/data-table.tsx";
import { Fold } from "../ui/fold.tsx";

/** What the answer was given and what was left out, with the reason. */
export function AutopsyContext({ context }: { readonly context: AutopsyAnswer["context"] }) {
  const left = context.parts.filter(({ is_included }) => !is_included).length;
  const given = context.parts.length - left;
  const budget = `${context.characters.toLocaleString("en")} of ${context.characters_max.toLocaleString("en")} characters`;
  return (
    <Fold summary={`What it was given: ${given === 1 ? "1 part" : `${given} parts`}, ${budget}; ${left} left out`}>
      <DataTable
        label="Context of the autopsy"
        rows={context.parts.map((part, at) => ({ ...part, key: `${at} ${part.title}` }))}
        keyOf={({ key }) => key}
        columns={[
          { name: "Part", cell: ({ title }) => title },
          { name: "Kind", cell: ({ kind }) => kind.replaceAll("_", " ") },
          { name: "Characters", isNumber: true, cell: ({ characters }) => characters.toLocaleString("en") },
          {
            name: "Given",
            cell: ({ is_included, is_cut, reason }) => (is_included && !is_cut ? "whole" : (reason ?? "no")),
          },
        ]}
      />
    </Fold>
  );
}
