import type { IncidentDetail } from "@culprit/contract";
import { useState } from "react";
import { CodeLine } from "../ui/code-line.tsx";
import { cx } from "../ui/cx.ts";
import { Chevron } from "../ui/icons.tsx";
import { ScrollBox } from "../ui/scroll-box.tsx";

type Frame = IncidentDetail["frames"][number];

interface FrameViewProps {
  readonly frame: Frame;
  readonly isOpen: boolean;
  /** True for the innermost frame of the own code, whose line is marked. */
  readonly isFailing: boolean;
}

/** One frame; with its code where that is known. */
export function FrameView({ frame, isOpen, isFailing }: FrameViewProps) {
  const [isShown, setShown] = useState(isOpen);
  const { code } = frame;
  if (!code) {
    return (
      <p className="py-2 pr-3 pl-8">
        <FramePlace frame={frame} />
      </p>
    );
  }
  return (
    <>
      <button
        type="button"
        aria-expanded={isShown}
        className="flex w-full items-baseline gap-2 px-3 py-2 text-left -outline-offset-2 hover:bg-sunk"
        onClick={() => setShown(!isShown)}
      >
        <Chevron className="relative top-0.5 text-ink-3" />
        <FramePlace frame={frame} />
      </button>
      {isShown && <FrameCode code={code} failingLine={frame.line} isFailing={isFailing} path={code.path} />}
    </>
  );
}

function FramePlace({ frame }: { readonly frame: Frame }) {
  const place = `${frame.code?.path ?? frame.file ?? "unknown file"}${frame.line === null ? "" : `:${frame.line}`}`;
  return (
    <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-3 font-mono text-xs leading-5">
      <span className={cx("[overflow-wrap:anywhere]", frame.is_in_app && "font-semibold")}>
        {frame.function ?? "(anonymous)"}
      </span>
      <span className="[overflow-wrap:anywhere] text-ink-2" title={frame.file ?? undefined}>
        {place}
      </span>
    </span>
  );
}

interface FrameCodeProps {
  readonly code: NonNullable<Frame["code"]>;
  readonly failingLine: number | null;
  readonly isFailing: boolean;
  readonly path: string;
}

function FrameCode({ code, failingLine, isFailing, path }: FrameCodeProps) {
  return (
    <ScrollBox label={`Code of ${path}`} className="overflow-x-auto border-t border-line bg-sunk py-1.5">
      <table className="w-full border-collapse font-mono text-xs leading-5">
        <tbody>
          {code.lines.map((text, index) => {
            const line = code.first_line + index;
            const isHere = line === failingLine;
            return (
              <tr key={line} className={isHere ? (isFailing ? "bg-mark text-mark-ink" : "bg-mark-soft") : ""}>
                <td
                  className={cx(
                    "w-[6ch] min-w-[6ch] pr-3 text-right select-none",
                    isHere && isFailing ? "font-semibold" : "text-ink-3",
                  )}
                >
                  {line}
                  {isHere && <span className="sr-only"> the failing line</span>}
                </td>
                <td className="pr-4 whitespace-pre">
                  {isHere && isFailing ? text || " " : <CodeLine text={text || " "} />}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollBox>
  );
}

/** Frames of dependencies and the runtime, folded until asked for. */
export function FoldedFrames({ frames }: { readonly frames: readonly Frame[] }) {
  return (
    <details>
      <summary className="flex items-center gap-2 px-3 py-1.5 text-xs text-ink-3 -outline-offset-2 hover:bg-sunk hover:text-ink-2">
        <Chevron />
        {frames.length} {frames.length === 1 ? "frame" : "frames"} of dependencies or the runtime
      </summary>
      <ol className="pb-2 pl-8">
        {frames.map((frame, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a stack never changes its order, and a frame may recur in it
          <li key={index} className="py-0.5 pr-3">
            <FramePlace frame={frame} />
          </li>
        ))}
      </ol>
    </details>
  );
}
