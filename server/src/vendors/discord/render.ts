import type { Message } from "../../domains/integration/index.ts";
import { cutText } from "../shared/cut-text.ts";
import { colourOf, isLinkable, legibleMessage, titleOf, withoutMentions } from "../shared/tone.ts";

/** @see https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
const limits = {
  total: 6000,
  title: 256,
  description: 4096,
  fields: 25,
  fieldName: 256,
  fieldValue: 1024,
  label: 80,
  url: 512,
};
const rowsMax = 5;
const buttonsPerRow = 5;

/**
 * One embed with link buttons below it. Nobody is called (`allowed_mentions` is empty and each @ is broken), no markup of a
 * hostile text takes effect, and what does not fit is said in the footer.
 */
export function renderDiscord(given: Message): Readonly<Record<string, unknown>> {
  const message = legibleMessage(given);
  const room = { left: limits.total - footerMax };
  const take = (text: string, max: number) => {
    const cut = cutText(text, Math.min(max, room.left));
    room.left -= cut.length;
    return cut;
  };
  const title = take(quote(titleOf(message)), limits.title);
  const description = take(quote(message.text), 2000);
  const wanted = [
    ...message.fields.map(({ name, value }) => ({
      name: quote(name),
      value: quote(value),
      isCode: false,
      inline: true,
    })),
    ...message.sections.map(({ title: name, text, isCode = false }) => ({
      name: quote(name),
      value: isCode ? text : quote(text),
      isCode,
      inline: false,
    })),
  ];
  const fields: { name: string; value: string; inline: boolean }[] = [];
  for (const { name, value, isCode, inline } of wanted.slice(0, limits.fields)) {
    if (room.left < leastField) break;
    const shownName = take(name, Math.min(limits.fieldName, 100)) || "\u200b";
    const max = Math.min(limits.fieldValue, room.left);
    fields.push({ name: shownName, value: takeValue(value, isCode, max, room), inline });
  }
  const leftOut = wanted.length - fields.length;
  return {
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title,
        description,
        color: Number.parseInt(colourOf[message.tone], 16),
        fields,
        ...(leftOut === 0 ? {} : { footer: { text: `${leftOut} more parts left out: too long for Discord` } }),
      },
    ],
    components: buttonsOf(message),
  };
}

const footerMax = 60;
const leastField = 120;

function takeValue(value: string, isCode: boolean, max: number, room: { left: number }): string {
  const cut = isCode ? fence(value, max) : cutText(value, max) || "\u200b";
  room.left -= cut.length;
  return cut;
}

/** A code block that its text can't leave. */
function fence(text: string, max: number): string {
  return `\`\`\`\n${cutText(withoutMentions(text).replaceAll("```", "`\u200b``"), max - 8)}\n\`\`\``;
}

/** A text in which no character of Discord's Markdown works: https://support.discord.com/hc/articles/210298617 */
function quote(text: string): string {
  return withoutMentions(text).replaceAll(/[\\*_~`|>#[\]()<-]/g, "\\$&");
}

/** Link buttons: the kind that a webhook which no application owns may send, with `with_components`. */
function buttonsOf({ buttons, links }: Message): readonly unknown[] {
  const all = [...links.map(({ label, url }) => ({ label, url })), ...buttons.map(({ label, url }) => ({ label, url }))]
    .filter(({ url }) => isLinkable(url) && url.length <= limits.url)
    .slice(0, rowsMax * buttonsPerRow)
    .map(({ label, url }) => ({ type: 2, style: 5, label: cutText(label, limits.label), url }));
  const rows = Math.ceil(all.length / buttonsPerRow);
  return Array.from({ length: rows }, (_, row) => ({
    type: 1,
    components: all.slice(row * buttonsPerRow, (row + 1) * buttonsPerRow),
  }));
}
