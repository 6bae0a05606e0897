/** What people may write into a comment: `/culprit investigate`. */
export const commentCommands = ["investigate", "fix", "explain", "status", "help"] as const;
export type CommentCommand = (typeof commentCommands)[number];

export interface ParsedCommand {
  /** `help` for what is unknown. */
  readonly command: CommentCommand;
  /** What was written instead of a known command; null where it was one. */
  readonly unknown: string | null;
  readonly args: readonly string[];
}

/** Words behind a command that are kept. */
const ARGS_MAX = 10;

/** The command of a comment: the first line that begins with `/culprit`, outside of quotes and code; null without one. */
export function parseCommand(body: string): ParsedCommand | null {
  let fence: string | null = null;
  for (const line of body.split(/\r?\n/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined) {
      if (fence === null) fence = mark;
      else if (mark.startsWith(fence)) fence = null;
      continue;
    }
    // Four spaces make a line code; `>` quotes somebody else.
    const words = fence === null ? /^ {0,3}\/culprit(?:\s+(.*))?$/i.exec(line) : null;
    if (words === null) continue;
    const [first = "help", ...args] = (words[1] ?? "")
      .trim()
      .split(/\s+/)
      .filter((word) => word !== "");
    const known = commentCommands.find((command) => command === first.toLowerCase());
    return {
      command: known ?? "help",
      unknown: known === undefined ? first.slice(0, 50) : null,
      args: args.slice(0, ARGS_MAX).map((word) => word.slice(0, 200)),
    };
  }
  return null;
}
