import type { Random } from "./random.ts";

export type ChangeKind = "feat" | "fix" | "refactor" | "perf" | "test" | "docs" | "style" | "chore";

/** What a commit says, before a team's habits are put on it. */
export interface Message {
  readonly kind: ChangeKind;
  readonly area: string;
  readonly text: string;
}

/** How a team writes the first line of a commit. */
export type MessageStyle = (message: Message, number: number) => string;

const uncapital = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

const styles: readonly MessageStyle[] = [
  ({ text }) => text,
  ({ kind, area, text }) => `${kind}(${area}): ${uncapital(text)}`,
  ({ text }, number) => `${text} (#${number})`,
  ({ area, text }) => `${area}: ${uncapital(text)}`,
  ({ text }, number) => `WEB-${400 + number}: ${text}`,
];

/** One team's habit. */
export function chooseMessageStyle(random: Random): MessageStyle {
  return random.pick(styles);
}
