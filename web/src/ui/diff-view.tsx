import { type DiffFile, type DiffLine, parseDiff } from "../lib/parse-diff.ts";
import { CodeLine } from "./code-line.tsx";
import { cx } from "./cx.ts";
import { ScrollBox } from "./scroll-box.tsx";

const rowLooks: Record<DiffLine["kind"], string> = {
  added: "bg-added",
  removed: "bg-removed",
  context: "",
  hunk: "text-ink-3 bg-sunk",
  note: "text-ink-3",
};
const signs: Record<DiffLine["kind"], string> = { added: "+", removed: "-", context: " ", hunk: "", note: "" };
const signLooks = { added: "text-good", removed: "text-bad", context: "", hunk: "", note: "" } as const;
const number = "w-[4ch] min-w-[4ch] pl-2 text-right text-ink-3 select-none align-top";

/** A unified diff, file by file, coloured and numbered. */
export function DiffView({ diff }: { readonly diff: string }) {
  return (
    <div className="grid gap-3">
      {parseDiff(diff).map((file, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a diff never changes its order, and a path may come twice
        <DiffFileView key={index} file={file} />
      ))}
    </div>
  );
}

function DiffFileView({ file }: { readonly file: DiffFile }) {
  return (
    <div className="overflow-hidden rounded-md border border-line bg-panel">
      {file.path !== "" && (
        <div className="flex items-center gap-3 border-b border-line bg-sunk px-3 py-1.5 font-mono text-xs">
          <span className="min-w-0 flex-1 break-all">{file.path}</span>
          {file.change && <span className="font-sans text-ink-3">{file.change}</span>}
          <span className="whitespace-nowrap">
            <span className="text-good">+{file.addedCount}</span> <span className="text-bad">-{file.removedCount}</span>
          </span>
        </div>
      )}
      <ScrollBox label={`Changes of ${file.path || "the diff"}`} className="overflow-x-auto">
        <table className="w-full border-collapse font-mono text-xs leading-5">
          <tbody>
            {file.lines.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a diff have no other identity
              <DiffRow key={index} line={line} />
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </div>
  );
}

function DiffRow({ line }: { readonly line: DiffLine }) {
  if (line.kind === "hunk" || line.kind === "note") {
    return (
      <tr className={rowLooks[line.kind]}>
        <td colSpan={4} className="px-3 whitespace-pre">
          {line.text || " "}
        </td>
      </tr>
    );
  }
  return (
    <tr className={rowLooks[line.kind]}>
      <td className={number}>{line.before}</td>
      <td className={number}>{line.after}</td>
      <td className={cx("w-[3ch] min-w-[3ch] text-center select-none", signLooks[line.kind])}>
        {signs[line.kind]}
        <span className="sr-only">{line.kind === "context" ? "" : line.kind}</span>
      </td>
      <td className="pr-4 whitespace-pre">
        <CodeLine text={line.text} />
      </td>
    </tr>
  );
}
