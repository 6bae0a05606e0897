import type { Message } from "../../domains/integration/index.ts";
import { cutBytes, cutText } from "../shared/cut-text.ts";
import { isLinkable, legibleMessage, titleOf } from "../shared/tone.ts";

/** A message with its cards, in bytes. @see https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create */
export const chatBytesMax = 32_000;
const widgetsMax = 100;

type Widget = Readonly<Record<string, unknown>>;

/**
 * A card of version 2. Mentions work in a message's own text only, and there is none; `<`, `>` and `&` are escaped, because
 * cards read a little HTML. What does not fit is said in the card.
 */
export function renderGoogleChat(given: Message): Readonly<Record<string, unknown>> {
  const message = legibleMessage(given);
  // The title of a card is plain text; nothing in it need look like a tag.
  const title = cutText(titleOf(message), 400).replaceAll("<", "‹").replaceAll(">", "›");
  const buttons = buttonsOf(message);
  const wanted: Widget[] = [
    ...(message.text === "" ? [] : [paragraph(escapeHtml(cutBytes(message.text, 8000)))]),
    ...message.fields.map(({ name, value }) => ({
      decoratedText: {
        topLabel: cutText(name, 100).replaceAll(/[<>&]/g, " "),
        text: escapeHtml(cutBytes(value, 1000)),
        wrapText: true,
      },
    })),
    // Cards know no monospaced text.
    ...message.sections.map(({ title: name, text }) =>
      paragraph(`<b>${escapeHtml(cutText(name, 200))}</b>\n${escapeHtml(cutBytes(text, 4000))}`),
    ),
  ];
  const widgets: Widget[] = [];
  for (const widget of wanted.slice(0, widgetsMax)) {
    if (sizeOf(card(title, [...widgets, widget, note(wanted.length)], buttons)) > chatBytesMax) break;
    widgets.push(widget);
  }
  if (widgets.length < wanted.length) widgets.push(note(wanted.length - widgets.length));
  return card(title, widgets, buttons);
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function paragraph(text: string): Widget {
  return { textParagraph: { text } };
}

function note(leftOut: number): Widget {
  return paragraph(`<i>${leftOut} more parts left out: too long for Google Chat</i>`);
}

function buttonsOf({ links, buttons }: Message): readonly Widget[] {
  const all = [...buttons, ...links]
    .filter(({ url }) => isLinkable(url))
    .slice(0, 10)
    .map(({ label, url }) => ({ text: cutText(label, 80), onClick: { openLink: { url } } }));
  return all.length === 0 ? [] : [{ buttonList: { buttons: all } }];
}

function card(
  title: string,
  widgets: readonly Widget[],
  buttons: readonly Widget[],
): Readonly<Record<string, unknown>> {
  return {
    cardsV2: [{ cardId: "culprit", card: { header: { title }, sections: [{ widgets: [...widgets, ...buttons] }] } }],
  };
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
