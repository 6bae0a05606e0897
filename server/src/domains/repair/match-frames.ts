import type { StackFrame } from "@culprit/contract";

/** A frame that lies in a file of the repository. */
export interface RepositoryFrame {
  readonly path: string;
  readonly function: string | null;
  readonly line: number;
  readonly column: number | null;
}

/**
 * The project's own frames by their paths in the repository, the failing call first. A frame's path is matched by its
 * last segments, the longest match wins; what matches two files equally well is left out.
 */
export function matchFrames(frames: readonly StackFrame[], files: readonly string[]): RepositoryFrame[] {
  const byName = new Map<string, string[]>();
  for (const file of files) {
    const name = file.split("/").at(-1) ?? file;
    byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  return frames.flatMap((frame) => {
    if (frame.file === null || frame.line === null || !frame.isInApp || frame.file.includes("node_modules/")) return [];
    const segments = frame.file
      .replace(/[?#].*$/, "")
      .replaceAll("\\", "/")
      .split("/")
      .filter((part) => part !== "" && part !== ".");
    const candidates = (byName.get(segments.at(-1) ?? "") ?? []).map((file) => ({
      file,
      shared: sharedEnd(file.split("/"), segments),
    }));
    candidates.sort((a, b) => b.shared - a.shared || a.file.length - b.file.length);
    const [best, second] = candidates;
    if (
      best === undefined ||
      (second !== undefined && second.shared === best.shared && best.shared < best.file.split("/").length)
    )
      return [];
    return [{ path: best.file, function: frame.function, line: frame.line, column: frame.column }];
  });
}

function sharedEnd(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a[a.length - 1 - count] === b[b.length - 1 - count]) count += 1;
  return count;
}
