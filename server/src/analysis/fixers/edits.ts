/** Replaces `[start, end)` by a text. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with all edits made; they must not overlap. */
export function applyEdits(source: string, edits: readonly TextEdit[]): string {
  let result = source;
  for (const edit of [...edits].sort((a, b) => b.start - a.start || b.end - a.end)) {
    result = result.slice(0, edit.start) + edit.text + result.slice(edit.end);
  }
  return result;
}

/** The offsets at which a line (from 1) begins and ends, without its line break; null beyond the end. */
export function lineRange(source: string, line: number): { readonly start: number; readonly end: number } | null {
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    const next = source.indexOf("\n", start);
    if (next < 0) return null;
    start = next + 1;
  }
  const end = source.indexOf("\n", start);
  return { start, end: end < 0 ? source.length : end };
}
