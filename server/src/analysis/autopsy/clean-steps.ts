import { cleanModelText, refuseStep } from "./clean-model-text.ts";

const STEPS_MAX = 5;
const STEP_CHARS = 400;

/** A model's steps as people may see them, behind those of the rules; what was left out is told. */
export function cleanSteps(steps: readonly string[]): {
  readonly steps: readonly string[];
  readonly struckOut: readonly string[];
} {
  const struckOut: string[] = [];
  const kept = steps.slice(0, STEPS_MAX).flatMap((raw) => {
    const { text, removed } = cleanModelText(raw, STEP_CHARS);
    const reason = refuseStep(raw) ?? (removed.length > 0 ? `it held ${removed.join(" and ")}` : null);
    if (reason !== null) struckOut.push(`A step was left out: ${reason}.`);
    return reason === null && text !== "" ? [text] : [];
  });
  return { steps: kept, struckOut };
}
