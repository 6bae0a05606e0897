import type { Message } from "../../domains/integration/index.ts";
import { cutText } from "./cut-text.ts";

/** The colour of a tone, as six hex digits. */
export const colourOf: Readonly<Record<Message["tone"], string>> = {
  bad: "c8322b",
  warning: "c98a14",
  good: "2e8b57",
  neutral: "5b6b7b",
};

/** The title with its severity before it. */
export function titleOf({ title, severity }: Message): string {
  return severity === null ? title : `[${severity}] ${title}`;
}

/** Addresses that a vendor may be given as a link; others are left out rather than sent as they are. */
export function isLinkable(url: string): boolean {
  return /^https?:\/\/[^\s<>"|]+$/.test(url);
}

/** A text in which no word can call anybody: an invisible joiner stands behind each @. */
export function withoutMentions(text: string): string {
  return text.replaceAll("@", "@\u200b");
}

/** No vendor shows more of one text; cleaning all of a text of megabytes would hold up everything else. */
const legibleMax = 10_000;

/** Without what no person wants to read: NUL and its like, half characters, and marks that turn the direction of writing. */
function legible(text: string): string {
  return (
    cutText(text, legibleMax)
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
      .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, "")
  );
}

/** What stands on a button is plain text everywhere; nobody is called by it and nothing looks like a tag. */
function tame(label: string): string {
  return withoutMentions(legible(label)).replaceAll("<", "‹").replaceAll(">", "›");
}

/** A message whose texts are legible; every vendor's form begins with it. */
export function legibleMessage(message: Message): Message {
  return {
    ...message,
    title: legible(message.title).replaceAll(/\s+/g, " ").trim(),
    text: legible(message.text),
    fields: message.fields.map(({ name, value }) => ({ name: legible(name), value: legible(value) })),
    sections: message.sections.map((section) => ({
      ...section,
      title: legible(section.title),
      text: legible(section.text),
    })),
    links: message.links.map((link) => ({ ...link, label: tame(link.label) })),
    buttons: message.buttons.map((button) => ({ ...button, label: tame(button.label) })),
  };
}
