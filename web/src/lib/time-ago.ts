const steps = [
  { limitS: 60, divisorS: 1, unit: "s" },
  { limitS: 3600, divisorS: 60, unit: "min" },
  { limitS: 86_400, divisorS: 3600, unit: "h" },
  { limitS: 30 * 86_400, divisorS: 86_400, unit: "d" },
] as const;

/** How long ago `at` was, in one unit: `just now`, `42 s ago`, `3 min ago`, `5 h ago`, `12 d ago`, then the date. */
export function timeAgo(at: string, nowMs: number): string {
  const seconds = Math.floor((nowMs - Date.parse(at)) / 1000);
  // Clocks of browser and server differ by a little; a far future is shown as the instant it claims.
  if (seconds < -60) return at.slice(0, 16).replace("T", " ");
  if (seconds < 10) return "just now";
  for (const { limitS, divisorS, unit } of steps) {
    if (seconds < limitS) return `${Math.floor(seconds / divisorS)} ${unit} ago`;
  }
  return at.slice(0, 10);
}
