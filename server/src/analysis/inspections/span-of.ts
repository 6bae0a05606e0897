/** A span of time for people: `less than a second`, `40 s`, `12 min`, `3.5 h`, `2 days`. */
export function spanOf(ms: number): string {
  if (ms < 1000) return "less than a second";
  const s = Math.round(ms / 1000);
  if (s < 120) return `${s} s`;
  if (s < 7200) return `${Math.round(s / 60)} min`;
  if (s < 172_800) return `${Math.round(s / 360) / 10} h`;
  return `${Math.round(s / 86_400)} days`;
}
