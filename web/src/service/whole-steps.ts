/** Exporters send in batches: what is younger than this is not all there yet. */
const lateMs = 20_000;

/** The window of so many hours up to the last step that is over: in half a step half as much was counted, which looks like an outage. */
export function wholeSteps(
  nowMs: number,
  hours: number,
  stepS: number,
): { readonly from: string; readonly to: string } {
  const stepMs = stepS * 1000;
  const toMs = Math.floor((nowMs - lateMs) / stepMs) * stepMs;
  return { from: new Date(toMs - hours * 3_600_000).toISOString(), to: new Date(toMs).toISOString() };
}
