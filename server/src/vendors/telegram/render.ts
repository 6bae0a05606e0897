import type { Message } from "../../domains/integration/index.ts";
import { cutText, fitParts } from "../shared/cut-text.ts";
import { isLinkable, legibleMessage, titleOf, withoutMentions } from "../shared/tone.ts";

/** @see https://core.telegram.org/bots/api#sendmessage */
export const telegramCharsMax = 4096;
const callbackBytesMax = 64;

const marks: Readonly<Record<Message["tone"], string>> = { bad: "🔴", warning: "🟠", good: "🟢", neutral: "⚪" };

/**
 * A message in Telegram's HTML, in which three characters are special. Each @ and # is broken, so that nobody is called.
 * Buttons call back where their token fits into Telegram's 64 bytes, and are links otherwise; Telegram refuses buttons to
 * addresses that are not public, so those are written out. What does not fit is said.
 */
export function renderTelegram(
  given: Message,
  { doesCallBack }: { readonly doesCallBack: boolean },
): Readonly<Record<string, unknown>> {
  const message = legibleMessage(given);
  const { buttons, links } = message;
  const keys = [
    ...buttons.map(({ label, url, token }) =>
      doesCallBack && Buffer.byteLength(token) <= callbackBytesMax
        ? { text: cutText(label, 60), callback_data: token }
        : { text: cutText(label, 60), url },
    ),
    ...links.map(({ label, url }) => ({ text: cutText(label, 60), url })),
  ].filter((key) => !("url" in key) || isLinkable(key.url));
  const shown = keys.filter((key) => !("url" in key) || isPublic(key.url)).slice(0, 12);
  const written = keys.filter((key) => "url" in key && !isPublic(key.url)).slice(0, 12);
  const text = fitParts(
    [
      `${marks[message.tone]} <b>${quote(cutText(titleOf(message), 500))}</b>`,
      quote(cutText(message.text, 1500)),
      message.fields
        .slice(0, 20)
        .map(({ name, value }) => `<b>${quote(cutText(name, 60))}:</b> ${quote(cutText(value, 100))}`)
        .join("\n"),
      written.map((key) => `${quote(key.text)}: ${"url" in key ? quote(key.url) : ""}`).join("\n"),
      ...message.sections.map(({ title, text: words, isCode = false }) => {
        const body = quote(cutText(words, 1000));
        return `<b>${quote(cutText(title, 200))}</b>\n${isCode ? `<pre>${body}</pre>` : body}`;
      }),
    ],
    telegramCharsMax,
    { measure: visibleLength },
  );
  return {
    text,
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
    reply_markup: { inline_keyboard: shown.map((key) => [key]) },
  };
}

function quote(text: string): string {
  return withoutMentions(text)
    .replaceAll("#", "#\u200b")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** What Telegram counts: the text after its entities were read. */
export function visibleLength(html: string): number {
  return html.replaceAll(/<[^>]*>/g, "").replaceAll(/&(amp|lt|gt);/g, "x").length;
}

function isPublic(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname.includes(".") && !/^[\d.]+$/.test(hostname) && !hostname.endsWith(".local");
}
