import type { WorkflowProblem } from "@culprit/contract";

export type FieldPath = readonly (string | number)[];

/** Something that a check found, before it is known on which line that stands. */
export interface Finding {
  readonly path: FieldPath;
  readonly message: string;
  readonly severity: WorkflowProblem["severity"];
  /** It is about the key itself and not its value. */
  readonly isAboutKey?: boolean;
}

export const failure = (path: FieldPath, message: string): Finding => ({ path, message, severity: "error" });
export const warning = (path: FieldPath, message: string): Finding => ({ path, message, severity: "warning" });

/** `steps[2].with.channel`. */
export function fieldName(path: FieldPath): string {
  return path.map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`)).join("");
}
