import type { StackFrame } from "@culprit/contract";

/** What is read of one stack text, so that a hostile one costs no more than an ordinary one. */
export const stackLimits = {
  textChars: 262_144,
  lines: 4_000,
  lineChars: 2_048,
  /** Kept of one exception: half from the failing end, half from the outer end. */
  frames: 100,
  /** Exceptions of a chain, the caught one included. */
  chain: 10,
} as const;

/** The innermost and the outermost frames, `stackLimits.frames` together: a recursion keeps its cause and its entry. */
export function limitFrames(frames: readonly StackFrame[]): readonly StackFrame[] {
  const half = stackLimits.frames / 2;
  return frames.length <= stackLimits.frames ? frames : [...frames.slice(0, half), ...frames.slice(-half)];
}

/** The lines of a stack text within the limits. */
export function stackLines(text: string): string[] {
  const lines = text.slice(0, stackLimits.textChars).split("\n", stackLimits.lines);
  return lines.map((line) => {
    const bare = line.endsWith("\r") ? line.slice(0, -1) : line;
    return bare.length > stackLimits.lineChars ? bare.slice(0, stackLimits.lineChars) : bare;
  });
}
