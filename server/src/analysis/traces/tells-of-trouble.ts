const words =
  /error|exception|fail|fatal|panic|refus|reject|denied|abort|crash|corrupt|unavailable|unreachable|timed?[ _-]?out|timeout|deadlock|out of memory|no instances|stack ?trace|rollback/i;

/** Whether a line, or the name of an operation, tells of trouble: by its level, or by words that loggers of all languages use for it. */
export function tellsOfTrouble(text: string, severity: string | null): boolean {
  return severity === "error" || severity === "fatal" || words.test(text);
}
