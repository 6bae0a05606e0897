export type FrameGroup<Frame> =
  | { readonly kind: "shown"; readonly frame: Frame; readonly index: number }
  | { readonly kind: "folded"; readonly frames: readonly Frame[]; readonly index: number };

/**
 * Frames in their order, with each run of foreign ones folded into one group. `index` is the place of the group's first
 * frame. Where no frame is the project's own, the failing call is shown all the same.
 */
export function foldFrames<Frame extends { readonly is_in_app: boolean }>(
  frames: readonly Frame[],
): readonly FrameGroup<Frame>[] {
  const hasOwn = frames.some(({ is_in_app }) => is_in_app);
  const groups: FrameGroup<Frame>[] = [];
  let run: Frame[] = [];
  const closeRun = (end: number) => {
    if (run.length > 0) groups.push({ kind: "folded", frames: run, index: end - run.length });
    run = [];
  };
  for (const [index, frame] of frames.entries()) {
    if (frame.is_in_app || (!hasOwn && index === 0)) {
      closeRun(index);
      groups.push({ kind: "shown", frame, index });
    } else run.push(frame);
  }
  closeRun(frames.length);
  return groups;
}
