/** A span of time in one or two words: `40 s`, `12 min`, `3 h`, `2 days`. */
export function spanWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 36 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** How far before or after something it was: `12 min before`, `3 h after`, `just before`. `leadMs` is negative after it. */
export function distanceWords(leadMs: number): string {
  const side = leadMs >= 0 ? "before" : "after";
  return Math.abs(leadMs) < 1000 ? `just ${side}` : `${spanWords(Math.abs(leadMs))} ${side}`;
}
