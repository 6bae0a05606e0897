/**
 * What a text commands, without the word that calls Culprit: `analyze 3` of `/culprit analyze 3`. Null where it commands
 * nothing; `help` where it only calls. A command begins a line, so that one that is quoted is none.
 */
export function commandOf(text: string | null): string | null {
  const found = /^[ \t]*\/culprit(?:@\w+)?(?=\s|$)([^\n]*)/m.exec(text ?? "");
  return found === null ? null : (found[1] ?? "").trim() || "help";
}
