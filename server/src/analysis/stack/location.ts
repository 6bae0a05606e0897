/** A place in a file as a stack line names it. */
export interface Location {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
}

/**
 * Reads `file:line:column` or `file:line` from the end, so that drive letters, ports and colons in a path are no trouble.
 * Lines and columns over nine digits are no line numbers and stay part of the file.
 */
export function parseLocation(text: string): Location {
  const last = trailingNumber(text);
  if (last === null) return { file: cleanFile(text), line: null, column: null };
  const before = trailingNumber(last.rest);
  return before === null
    ? { file: cleanFile(last.rest), line: last.value, column: null }
    : { file: cleanFile(before.rest), line: before.value, column: last.value };
}

function trailingNumber(text: string): { rest: string; value: number } | null {
  let start = text.length;
  while (start > 0 && text.length - start < 10 && isDigit(text.charCodeAt(start - 1))) start -= 1;
  const digits = text.length - start;
  if (digits === 0 || digits > 9 || start < 2 || text[start - 1] !== ":") return null;
  return { rest: text.slice(0, start - 1), value: Number(text.slice(start)) };
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** A `file:` URL as the path it names (without the cache-busting query some loaders add); all else as it is. */
export function cleanFile(file: string): string {
  if (!file.startsWith("file://")) return file;
  const query = file.search(/[?#]/);
  const bare = query === -1 ? file : file.slice(0, query);
  const path = bare.slice("file://".length);
  const withoutSlash = /^\/[A-Za-z]:[/\\]/.test(path) ? path.slice(1) : path;
  try {
    return decodeURI(withoutSlash);
  } catch {
    return withoutSlash;
  }
}
