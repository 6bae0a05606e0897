import type { ExceptionInfo, StackFrame } from "@culprit/contract";
import { matchPath } from "../../analysis/world/match-path.ts";
import type { WorldFrame } from "../../analysis/world/world.ts";
import type { CodePlace } from "./gather-blame-facts.ts";

const framesMax = 60;
const placesMax = 10;

/** Frames of all exceptions with their place in the repository: the root cause's first, each failing call first. */
export function worldFrames(
  exceptions: readonly Pick<ExceptionInfo, "frames">[],
  tree: readonly string[],
): WorldFrame[] {
  const paths = new Map<string, string | null>();
  const locate = (frame: StackFrame): string | null => {
    if (frame.file === null || !frame.isInApp) return null;
    const known = paths.get(frame.file);
    if (known !== undefined) return known;
    const path = matchPath(frame.file, tree);
    paths.set(frame.file, path);
    return path;
  };
  return [...exceptions]
    .reverse()
    .flatMap((exception) => exception.frames)
    .slice(0, framesMax)
    .map((frame) => ({
      file: frame.file,
      function: frame.function,
      line: frame.line,
      isInApp: frame.isInApp,
      path: locate(frame),
    }));
}

/** The places to look at: each once, the failing call heaviest, callers less and less. */
export function placesOf(frames: readonly WorldFrame[]): CodePlace[] {
  const places = new Map<string, CodePlace>();
  for (const { path, line } of frames) {
    if (path === null || line === null || places.has(`${path}:${line}`)) continue;
    if (places.size === placesMax) break;
    places.set(`${path}:${line}`, { path, line, weight: Math.max(0.2, 0.78 ** places.size) });
  }
  return [...places.values()];
}
