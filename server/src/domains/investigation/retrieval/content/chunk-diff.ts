const CHARS_MAX = 4_000;
const CHUNKS_MAX = 50;

/** A hunk of a file's diff, or a part of a long one. */
export interface DiffChunk {
  /** `1`, `2` …, in the order of the diff; the parts of a long hunk are `1.1`, `1.2` … */
  readonly hunkId: string;
  readonly text: string;
}

/** The hunks of a unified diff of one file, long ones cut at line ends to 4,000 characters; the first 50. */
export function chunkDiff(diff: string): DiffChunk[] {
  const hunks = diff
    .split(/^(?=@@ )/m)
    .filter((part) => part.startsWith("@@ "))
    .map((part) => part.trimEnd());
  return hunks
    .flatMap((hunk, n) => {
      const parts = cutAtLines(hunk, CHARS_MAX);
      return parts.map((text, part) => ({ hunkId: parts.length === 1 ? `${n + 1}` : `${n + 1}.${part + 1}`, text }));
    })
    .slice(0, CHUNKS_MAX);
}

/** Pieces of at most `charsMax` characters, cut at line ends where there are any. */
export function cutAtLines(text: string, charsMax: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > charsMax) {
    const end = rest.lastIndexOf("\n", charsMax);
    const at = end > 0 ? end : charsMax;
    pieces.push(rest.slice(0, at));
    rest = rest.slice(end > 0 ? at + 1 : at);
  }
  return [...pieces, rest];
}
