/*
 * Slack's text: `&`, `<` and `>` stand for themselves only when escaped, and nothing but `<…>` can mention or link, so an
 * escaped text calls nobody. Limits count the escaped text. https://docs.slack.dev/messaging/formatting-message-text
 */

const lookalikes: Readonly<Record<string, string>> = { "<": "‹", ">": "›" };
const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** A hostile text as mrkdwn of at most `max` characters; how much was cut is said at its end. */
export function mrkdwn(text: string, max: number): string {
  return fit(text, max, (letter) => entities[letter] ?? letter);
}

/** The same for a `plain_text` object: it knows no entities, and its brackets are others so that no client takes them for a mention. */
export function plain(text: string, max: number): string {
  return fit(text.replace(/\s+/g, " ").trim() || "…", max, (letter) => lookalikes[letter] ?? letter);
}

/** A block of code: a fence inside of it would end it. */
export function code(text: string, max: number): string {
  return `\`\`\`${mrkdwn(text.replaceAll("```", "'''"), max - 6)}\`\`\``;
}

function fit(text: string, max: number, written: (letter: string) => string): string {
  const whole = text.toWellFormed();
  let fitted = "";
  let isCut = false;
  const room = max - note(whole.length).length;
  let [withNote, kept] = ["", 0];
  for (const letter of whole) {
    const next = written(letter);
    if (fitted.length + next.length > max) {
      isCut = true;
      break;
    }
    fitted += next;
    if (fitted.length <= room) [withNote, kept] = [fitted, kept + letter.length];
  }
  return isCut ? withNote + note(whole.length - kept) : fitted;
}

function note(left: number): string {
  return `… (${left} more)`;
}
