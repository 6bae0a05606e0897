import { readFileSync } from "node:fs";
import type { WorkflowProblem } from "@culprit/contract";
import type { Who } from "../../platform/db/audit-log.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";

/** Whoever sits at the terminal, for versions and the audit log. */
export const atTerminal: Who = { type: "system", id: null, name: "command line" };

/** The text of a workflow's file. @throws CulpritError NOT_FOUND when it can't be read. */
export function readWorkflowFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "There is no file" : "Nothing can be read from";
    throw new CulpritError("NOT_FOUND", `${reason} ${path}.`, { cause });
  }
}

/** One line for each problem, in the form that editors jump to: `file:line:column`. */
export function problemLines(file: string, problems: readonly WorkflowProblem[]): string[] {
  return problems.map(({ line, column, field, message, severity }) => {
    const place = line === null ? file : `${file}:${line}:${column ?? 1}`;
    return `${place} ${severity}${field === "" ? "" : ` ${field}`}: ${message}`;
  });
}
