import type { DiffLine } from "@culprit/contract";
import { cx } from "./cx.ts";
import { ScrollBox } from "./scroll-box.tsx";

const looks = { same: "", added: "bg-added", removed: "bg-removed" } as const;
const signs = { same: " ", added: "+", removed: "-" } as const;
const signLooks = { same: "", added: "text-good", removed: "text-bad" } as const;
const around = 3;

/** A difference by lines; long runs of what stayed the same are left out. */
export function DiffLines({ lines, label }: { readonly lines: readonly DiffLine[]; readonly label: string }) {
  if (!lines.some(({ kind }) => kind !== "same")) return <p className="text-[0.8125rem] text-ink-3">No difference.</p>;
  return (
    <ScrollBox label={label} className="max-h-[30rem] overflow-auto rounded-md border border-line bg-panel">
      <table className="w-full border-collapse font-mono text-xs leading-5">
        <tbody>
          {withGaps(lines).map((line, index) =>
            line === null ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a difference have no other identity
              <tr key={index} className="bg-sunk text-ink-3">
                <td colSpan={4} className="px-3">
                  …
                </td>
              </tr>
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a difference have no other identity
              <tr key={index} className={looks[line.kind]}>
                <td className="w-[4ch] min-w-[4ch] pl-2 text-right text-ink-3 select-none">{line.old_line}</td>
                <td className="w-[4ch] min-w-[4ch] pl-2 text-right text-ink-3 select-none">{line.new_line}</td>
                <td className={cx("w-[3ch] min-w-[3ch] text-center select-none", signLooks[line.kind])}>
                  {signs[line.kind]}
                  <span className="sr-only">{line.kind === "same" ? "" : line.kind}</span>
                </td>
                <td className="pr-4 whitespace-pre">{line.text}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function withGaps(lines: readonly DiffLine[]): readonly (DiffLine | null)[] {
  const isNear = lines.map((_, index) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some(({ kind }) => kind !== "same"),
  );
  return lines.flatMap((line, index) => (isNear[index] ? [line] : index > 0 && isNear[index - 1] ? [null] : []));
}
