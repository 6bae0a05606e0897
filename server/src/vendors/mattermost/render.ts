import type { Message } from "../../domains/integration/index.ts";
import { cutText, fitParts } from "../shared/cut-text.ts";
import { colourOf, isLinkable, legibleMessage, titleOf, withoutMentions } from "../shared/tone.ts";

/** Characters of a post: https://docs.mattermost.com (MaxPostSize 16,383). */
export const postCharsMax = 16_383;
const fieldsMax = 20;

/**
 * One attachment. Each @ and ~ of a text is broken and Markdown is escaped, so that it calls nobody, names no channel and
 * formats nothing. Buttons call back where `callbackUrl` says where to, and are links otherwise. What does not fit is said.
 */
export function renderMattermost(
  given: Message,
  { callbackUrl }: { readonly callbackUrl?: string | undefined },
): Readonly<Record<string, unknown>> {
  const message = legibleMessage(given);
  const fallback = cutText(withoutMentions(titleOf(message)), 300);
  const linked = callbackUrl === undefined ? [...message.links, ...message.buttons] : message.links;
  const links = linked.filter(({ url }) => isLinkable(url)).slice(0, 20);
  const text = fitParts(
    [
      links.map(({ label, url }) => `[${quote(cutText(label, 80))}](<${url}>)`).join(" · "),
      cutText(quote(message.text), 4000),
      ...message.sections.map(({ title, text: words, isCode = false }) => {
        return `**${cutText(quote(title), 200)}**\n${isCode ? fence(cutText(words, 2000)) : cutText(quote(words), 2000)}`;
      }),
    ],
    9000,
  );
  const fields = message.fields.slice(0, fieldsMax);
  const leftOut = message.fields.length - fields.length;
  return {
    attachments: [
      {
        fallback,
        color: `#${colourOf[message.tone]}`,
        title: quote(cutText(titleOf(message), 300)),
        text,
        fields: fields.map(({ name, value }) => ({
          title: cutText(quote(name), 60),
          value: cutText(quote(value), 120),
          short: value.length < 60,
        })),
        ...(leftOut === 0 ? {} : { footer: `${leftOut} more fields left out: too long for Mattermost` }),
        ...(callbackUrl === undefined ? {} : { actions: actionsOf(message, callbackUrl) }),
      },
    ],
  };
}

/** What Mattermost posts back when a button is pressed: the signed token, in its context. */
function actionsOf({ buttons }: Message, url: string): readonly unknown[] {
  return buttons.map(({ verb, label, token }) => ({
    id: verb,
    type: "button",
    name: cutText(label, 40),
    style: verb === "suppress" || verb === "reject" ? "danger" : "default",
    integration: { url, context: { token } },
  }));
}

function quote(text: string): string {
  return withoutMentions(text)
    .replaceAll("~", "~\u200b")
    .replaceAll(/:(?=[a-z0-9_+-]+:)/gi, ":\u200b")
    .replaceAll(/[\\*_`|>#[\]()<!-]/g, "\\$&");
}

/** A code block that its text can't leave. */
function fence(text: string): string {
  return `\`\`\`\n${withoutMentions(text).replaceAll("```", "`\u200b``")}\n\`\`\``;
}
