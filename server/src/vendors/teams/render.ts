import type { Message } from "../../domains/integration/index.ts";
import { cutBytes, cutText } from "../shared/cut-text.ts";
import { isLinkable, legibleMessage, titleOf } from "../shared/tone.ts";

/** A message with its card, in bytes. @see https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook */
export const teamsBytesMax = 28 * 1024;
const partsMax = 40;
/** Buttons beyond six are hidden by Teams. */
const buttonsMax = 6;

type Element = Readonly<Record<string, unknown>>;

/**
 * An Adaptive Card 1.5 in the envelope that the Workflows webhook takes. All texts are text runs, in which Teams reads no
 * Markdown and no mention (one needs an entity of the card, and there is none). What does not fit is said in the card.
 */
export function renderTeams(given: Message): Readonly<Record<string, unknown>> {
  const message = legibleMessage(given);
  const body: Element[] = [
    text(cutText(titleOf(message), 500), { size: "large", weight: "bolder", color: colours[message.tone] }),
  ];
  const actions = actionsOf(message);
  const wanted = [
    ...(message.text === "" ? [] : [() => [text(cutBytes(message.text, 8000))]]),
    ...message.fields.map(({ name, value }) => () => [field(cutText(name, 100), cutBytes(value, 1000))]),
    ...message.sections.map(({ title, text: words, isCode = false }) => () => [
      text(cutText(title, 200), { weight: "bolder" }),
      text(cutBytes(words, 4000), isCode ? { fontType: "monospace" } : {}),
    ]),
  ];
  let shown = 0;
  for (const part of wanted.slice(0, partsMax)) {
    const elements = part();
    if (sizeOf(card([...body, ...elements, note(wanted.length)], actions)) > teamsBytesMax) break;
    body.push(...elements);
    shown += 1;
  }
  if (shown < wanted.length) body.push(note(wanted.length - shown));
  return card(body, actions);
}

const colours: Readonly<Record<Message["tone"], string>> = {
  bad: "attention",
  warning: "warning",
  good: "good",
  neutral: "default",
};

function note(leftOut: number): Element {
  return text(`${leftOut} more parts left out: too long for Teams`, { isSubtle: true });
}

function text(words: string, style: Readonly<Record<string, unknown>> = {}): Element {
  return { type: "RichTextBlock", inlines: [{ type: "TextRun", text: words, ...style }] };
}

function field(name: string, value: string): Element {
  return {
    type: "RichTextBlock",
    inlines: [
      { type: "TextRun", text: `${name}: `, weight: "bolder" },
      { type: "TextRun", text: value },
    ],
  };
}

function actionsOf({ links, buttons }: Message): readonly Element[] {
  return [...buttons, ...links]
    .filter(({ url }) => isLinkable(url))
    .slice(0, buttonsMax)
    .map(({ label, url }) => ({ type: "Action.OpenUrl", title: cutText(label, 80), url }));
}

function card(body: readonly Element[], actions: readonly Element[]): Readonly<Record<string, unknown>> {
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.5",
          msteams: { width: "Full" },
          body,
          actions,
        },
      },
    ],
  };
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
