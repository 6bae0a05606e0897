import type { Message } from "../../domains/integration/index.ts";
import { cutText } from "../shared/cut-text.ts";
import { colourOf, isLinkable, legibleMessage, titleOf } from "../shared/tone.ts";

/** A subject on one line; RFC 5322 asks for less than 998 bytes, and nobody reads more than this. */
const limits = { subject: 200, text: 10_000, items: 30, value: 1_000 };

/** A message as plain text and as HTML that says the same. Texts are escaped, links are those of Culprit. */
export function renderEmail(message: Message): Record<string, unknown> {
  const legible = legibleMessage(message);
  const { fields, sections, links, buttons } = legible;
  const left = [fields, sections, links].reduce((sum, list) => sum + Math.max(0, list.length - limits.items), 0);
  const parts: Parts = {
    title: cutText(titleOf(legible), limits.subject),
    text: cutText(legible.text, limits.text),
    fields: fields
      .slice(0, limits.items)
      .map(({ name, value }) => ({ name: cutText(name, limits.subject), value: cutText(value, limits.value) })),
    sections: sections.slice(0, limits.items).map((one) => ({
      title: cutText(one.title, limits.subject),
      text: cutText(one.text, limits.value),
      isCode: one.isCode === true,
    })),
    links: [...buttons, ...links.slice(0, limits.items)]
      .filter(({ url }) => isLinkable(url))
      .map(({ label, url }) => ({ label: cutText(label, limits.subject), url })),
    note: left === 0 ? "" : `${left} more parts were left out.`,
  };
  return { subject: parts.title, text: asText(parts), html: asHtml(parts, colourOf[message.tone]) };
}

interface Parts {
  readonly title: string;
  readonly text: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly sections: readonly { readonly title: string; readonly text: string; readonly isCode: boolean }[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
  readonly note: string;
}

function asText({ title, text, fields, sections, links, note }: Parts): string {
  const blocks = [
    title,
    text,
    fields.map(({ name, value }) => `${name}: ${value}`).join("\n"),
    ...sections.map((one) => `${one.title}\n${one.text.replace(/^/gm, "  ")}`),
    links.map(({ label, url }) => `${label}: ${url}`).join("\n"),
    note,
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function asHtml({ title, text, fields, sections, links, note }: Parts, colour: string): string {
  const rows = fields.map(
    ({ name, value }) => `<tr><th align="left">${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  );
  const told = sections.map(
    (one) =>
      `<h3>${escaped(one.title)}</h3>${one.isCode ? `<pre>${escaped(one.text)}</pre>` : `<p style="white-space:pre-wrap">${escaped(one.text)}</p>`}`,
  );
  const anchors = links.map(({ label, url }) => `<a href="${escaped(url)}">${escaped(label)}</a>`);
  return [
    `<!doctype html><html><body style="font-family:sans-serif"><h2 style="border-left:6px solid #${colour};padding-left:8px">${escaped(title)}</h2>`,
    `<p style="white-space:pre-wrap">${escaped(text)}</p>`,
    rows.length === 0 ? "" : `<table cellpadding="4">${rows.join("")}</table>`,
    ...told,
    `<p>${anchors.join(" &middot; ")}</p>`,
    note === "" ? "" : `<p>${escaped(note)}</p>`,
    "</body></html>",
  ].join("\n");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => entities[letter] ?? "");
}
