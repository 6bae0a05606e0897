import type { IncidentDetail } from "@culprit/contract";
import { useState } from "react";
import { foldFrames } from "../lib/fold-frames.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { EmptyPart } from "../ui/empty-part.tsx";
import { Fold } from "../ui/fold.tsx";
import { LogText } from "../ui/log-text.tsx";
import { Section } from "../ui/section.tsx";
import { FoldedFrames, FrameView } from "./frame-view.tsx";

const groupsShown = 14;
const openFramesMax = 1;

/** The stack from the failing call outwards: own frames with code, foreign ones folded. */
export function Stack({ incident }: { readonly incident: IncidentDetail }) {
  const [isWhole, setWhole] = useState(false);
  const { frames, stack_trace: raw, error_type: type, error_message: message } = incident;
  const groups = foldFrames(frames);
  const shown = isWhole ? groups : groups.slice(0, groupsShown);
  const ownCount = frames.filter(({ is_in_app }) => is_in_app).length;
  const openIndexes = new Set(
    groups
      .flatMap((group) => (group.kind === "shown" && group.frame.code ? [group.index] : []))
      .slice(0, openFramesMax),
  );
  return (
    <Section
      id="stack"
      title="Stack"
      aside={
        <>
          <span>
            {frames.length} {frames.length === 1 ? "frame" : "frames"}, {ownCount} of your own
          </span>
          {raw && (
            <span className="ml-auto">
              <CopyButton text={raw} label="Copy the stack as it was sent" words="Copy" />
            </span>
          )}
        </>
      }
    >
      <p className="mb-3 line-clamp-6 font-mono text-[0.8125rem] leading-5 [overflow-wrap:anywhere]">
        {type && <span className="font-semibold">{type}: </span>}
        {message}
      </p>
      {groups.length > 0 ? (
        <ol className="overflow-hidden rounded-lg border border-line bg-panel">
          {shown.map((group) => (
            <li key={group.index} className="border-t border-line first:border-0">
              {group.kind === "folded" ? (
                <FoldedFrames frames={group.frames} />
              ) : (
                <FrameView
                  frame={group.frame}
                  isOpen={openIndexes.has(group.index)}
                  isFailing={group.index === groups.find((g) => g.kind === "shown")?.index}
                />
              )}
            </li>
          ))}
        </ol>
      ) : (
        <EmptyPart>The sender gave no stack that could be read.</EmptyPart>
      )}
      <div className="mt-2 flex flex-wrap items-start gap-x-6 gap-y-2">
        {shown.length < groups.length && (
          <Button onClick={() => setWhole(true)}>Show all {frames.length} frames</Button>
        )}
        {raw && (
          <Fold summary="As it was sent">
            <LogText text={raw} label="Stack as it was sent" />
          </Fold>
        )}
      </div>
    </Section>
  );
}
