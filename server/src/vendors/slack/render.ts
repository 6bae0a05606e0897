import type { Button, Message } from "../../domains/integration/index.ts";
import { isLinkable, legibleMessage } from "../shared/tone.ts";
import { code, mrkdwn, plain } from "./mrkdwn.ts";

/** Block Kit's limits (https://docs.slack.dev/reference/block-kit/blocks), and fewer characters in all than a message may have. */
const limits = {
  header: 150,
  section: 3000,
  field: 2000,
  fields: 10,
  buttons: 25,
  label: 75,
  fallback: 3000,
  sections: 8,
};
const sectionShare = 1500;

const colours: Readonly<Record<Message["tone"], string>> = {
  bad: "#E01E5A",
  warning: "#ECB22E",
  good: "#2EB67D",
  neutral: "#9AA5B1",
};

/**
 * A message as one attachment of blocks in the colour of its tone. Buttons call back where the app can be called
 * (`isInteractive`), and are links to a page that asks once more otherwise.
 */
export function renderSlack(message: Message, isInteractive: boolean): Record<string, unknown> {
  const { title, severity, tone, text, fields, sections, links, buttons } = legibleMessage(message);
  const named = severity === null ? title : `[${severity}] ${title}`;
  const left =
    Math.max(0, fields.length - limits.fields) +
    Math.max(0, sections.length - limits.sections) +
    Math.max(0, links.length + buttons.length - limits.buttons);
  const blocks = [
    { type: "header", text: { type: "plain_text", text: plain(named, limits.header), emoji: false } },
    ...(text === "" ? [] : [section(mrkdwn(text, limits.section))]),
    ...(fields.length === 0 ? [] : [{ type: "section", fields: fields.slice(0, limits.fields).map(field) }]),
    ...sections
      .slice(0, limits.sections)
      .map((one) =>
        section(
          `*${mrkdwn(oneLine(one.title), 200)}*\n${one.isCode === true ? code(one.text, sectionShare) : mrkdwn(one.text, sectionShare)}`,
        ),
      ),
    ...actionsOf(links, buttons, isInteractive),
    ...(left === 0
      ? []
      : [
          {
            type: "context",
            elements: [{ type: "mrkdwn", text: `${left} more parts were left out: too long for Slack` }],
          },
        ]),
  ];
  const fallback = plain(named, limits.fallback);
  return { text: mrkdwn(fallback, limits.fallback), attachments: [{ color: colours[tone], fallback, blocks }] };
}

function section(text: string) {
  return { type: "section", text: { type: "mrkdwn", text } };
}

function field({ name, value }: Message["fields"][number]) {
  return { type: "mrkdwn", text: `*${mrkdwn(oneLine(name), 100)}*\n${mrkdwn(value, 500)}` };
}

function actionsOf(links: Message["links"], buttons: readonly Button[], isInteractive: boolean): object[] {
  const decisions = buttons.map(({ verb, label, token, url }) => ({
    ...button(label, `culprit_${verb}`),
    ...(isInteractive ? { value: token } : { url }),
    ...(verb === "approve" || verb === "confirm" ? { style: "primary" } : {}),
  }));
  const opened = links
    .filter(({ url }) => isLinkable(url) && url.length <= 3000)
    .map(({ label, url }, index) => ({ ...button(label, `link_${index}`), url }));
  const elements = [...decisions, ...opened].slice(0, limits.buttons);
  return elements.length === 0 ? [] : [{ type: "actions", elements }];
}

function button(label: string, actionId: string) {
  return {
    type: "button",
    action_id: actionId,
    text: { type: "plain_text", text: plain(label, limits.label), emoji: false },
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
