import type { Message } from "../../domains/integration/index.ts";

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
