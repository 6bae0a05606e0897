/** Exporters send in batches: what is younger than this is not all there yet. */
const lateMs = 20_000;

export interface StepWindow {
  readonly from: string;
  readonly to: string;
  readonly step_s: number;
}

/** The window of so many hours up to the last step that is over: in half a step half as much was counted, which looks like an outage. */
export function wholeSteps(nowMs: number, hours: number, step_s: number): StepWindow {
  const stepMs = step_s * 1000;
  const toMs = Math.floor((nowMs - lateMs) / stepMs) * stepMs;
  return { from: new Date(toMs - hours * 3_600_000).toISOString(), to: new Date(toMs).toISOString(), step_s };
}

/** The beginnings of its steps, in milliseconds. */
export function stepsOf({ from, to, step_s }: StepWindow): readonly number[] {
  const [first, end] = [Date.parse(from), Date.parse(to)];
  return Array.from({ length: Math.round((end - first) / step_s / 1000) }, (_, index) => first + index * step_s * 1000);
}
