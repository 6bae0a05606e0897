import type { WorkflowProblem } from "@culprit/contract";
import { useMemo, useRef } from "react";
import { cx } from "../ui/cx.ts";
import { CheckIcon } from "../ui/icons.tsx";

interface YamlEditorProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly problems: readonly WorkflowProblem[];
  /** The text is newer than what was checked. */
  readonly isChecking: boolean;
}

/** The text of a workflow with its line numbers, and what is wrong with it at the lines where it is. */
export function YamlEditor({ text, onText, problems, isChecking }: YamlEditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const lines = useMemo(() => text.split("\n"), [text]);
  const byLine = useMemo(() => Map.groupBy(problems, ({ line }) => line ?? 0), [problems]);
  const longest = useMemo(() => Math.max(...lines.map(({ length }) => length)), [lines]);
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2">
      <div className="max-h-[34rem] overflow-auto rounded-lg border border-edge bg-panel focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-ink">
        <div className="flex min-h-40 w-max min-w-full py-2 font-mono text-xs leading-5">
          <ol aria-hidden="true" className="sticky left-0 z-[1] bg-panel pr-1 text-right text-ink-3 select-none">
            {lines.map((_, index) => {
              const found = byLine.get(index + 1);
              const isError = found?.some(({ severity }) => severity === "error");
              return (
                <li
                  // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
                  key={index}
                  title={found?.map(({ message }) => message).join("\n")}
                  className={cx(
                    "border-l-4 pr-1 pl-2",
                    found
                      ? isError
                        ? "border-bad font-bold text-bad"
                        : "border-warn font-bold text-warn"
                      : "border-transparent",
                  )}
                >
                  {index + 1}
                </li>
              );
            })}
          </ol>
          <textarea
            ref={area}
            aria-label="Text of the workflow"
            aria-describedby="editor-problems"
            aria-invalid={problems.some(({ severity }) => severity === "error")}
            className="block resize-none overflow-hidden bg-transparent px-2 whitespace-pre outline-none"
            style={{ width: `calc(${longest + 2}ch + 1rem)`, minWidth: "calc(100% - 3.5rem)" }}
            rows={lines.length}
            wrap="off"
            spellCheck={false}
            autoCapitalize="off"
            autoCorrect="off"
            value={text}
            onChange={(event) => onText(event.target.value)}
          />
        </div>
      </div>
      <div id="editor-problems" role="status" className="text-[0.8125rem]">
        {problems.length === 0 ? (
          <p className="flex items-center gap-1.5 text-ink-2">
            {isChecking ? (
              "Checking…"
            ) : (
              <>
                <CheckIcon className="text-good" />
                Nothing is wrong with it.
              </>
            )}
          </p>
        ) : (
          <ul aria-label="Problems" className={cx("grid gap-1", isChecking && "opacity-60")}>
            {problems.map((problem, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two problems may read the same
              <li key={index}>
                <ProblemLine problem={problem} onGo={() => goToLine(area.current, text, problem)} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function ProblemLine({ problem, onGo }: { readonly problem: WorkflowProblem; readonly onGo: () => void }) {
  const look = problem.severity === "error" ? "text-bad" : "text-warn";
  const words = (
    <>
      <span className={cx("font-semibold", look)}>
        {problem.severity === "error" ? "Error" : "Warning"}
        {problem.line !== null && `, line ${problem.line}`}
      </span>
      {problem.field && <span className="font-mono text-xs text-ink-2"> {problem.field}</span>}: {problem.message}
    </>
  );
  if (problem.line === null) return <span className="[overflow-wrap:anywhere]">{words}</span>;
  return (
    <button type="button" onClick={onGo} className="text-left [overflow-wrap:anywhere] hover:underline">
      {words}
    </button>
  );
}

function goToLine(area: HTMLTextAreaElement | null, text: string, { line, column }: WorkflowProblem): void {
  if (!area || line === null) return;
  const start =
    text
      .split("\n")
      .slice(0, line - 1)
      .join("\n").length + (line > 1 ? 1 : 0);
  const at = start + Math.max(0, (column ?? 1) - 1);
  area.focus();
  area.setSelectionRange(at, at);
  area.parentElement?.parentElement?.scrollTo({ top: Math.max(0, (line - 6) * 20) });
}
