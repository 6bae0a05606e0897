const note = (left: number) => `… (${left} more characters)`;
const noteAtEnd = /… \((\d{1,12}) more characters\)$/;

/**
 * A text of at most `max` UTF-16 units. How much was cut is said at its end, what was cut before included, and no character
 * is split.
 */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const before = noteAtEnd.exec(text.slice(-40));
  const hidden = Number(before?.[1] ?? 0);
  const shown = text.length - (before?.[0].length ?? 0);
  const room = max - note(text.length + hidden).length;
  if (room <= 0) return whole(text.slice(0, Math.max(0, max - 1))) + (max > 0 ? "…" : "");
  const kept = whole(text.slice(0, Math.min(room, shown)));
  return kept + note(shown - kept.length + hidden);
}

/** As `cutText`, for a limit in bytes of UTF-8. */
export function cutBytes(text: string, max: number): string {
  if (Buffer.byteLength(text) <= max) return text;
  let low = 0;
  let high = Math.min(text.length, max);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (Buffer.byteLength(cutText(text, middle)) <= max) low = middle;
    else high = middle - 1;
  }
  return cutText(text, low);
}

/** Without half a surrogate pair at the end. */
function whole(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}

/**
 * Parts joined by `gap` within `max` characters: those that do not fit any more are left out and counted in a last line.
 * `measure` is how long the vendor takes a text to be.
 */
export function fitParts(
  parts: readonly string[],
  max: number,
  { gap = "\n\n", measure = (text: string) => text.length }: { gap?: string; measure?: (text: string) => number } = {},
): string {
  const all = parts.filter((part) => part !== "");
  if (measure(all.join(gap)) <= max) return all.join(gap);
  const note = (left: number) =>
    `… (${left} more ${left === 1 ? "part" : "parts"} left out: too long for this message)`;
  const kept: string[] = [];
  for (const part of all) {
    if (measure([...kept, part, note(all.length)].join(gap)) > max) break;
    kept.push(part);
  }
  return [...kept, note(all.length - kept.length)].join(gap);
}
