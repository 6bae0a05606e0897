import MarkdownIt, { type Token } from "markdown-it";

/** A node of the Atlassian Document Format. @see https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ */
export interface AdfNode {
  readonly type: string;
  readonly text?: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly marks?: readonly AdfMark[];
  readonly content?: readonly AdfNode[];
}

interface AdfMark {
  readonly type: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
}

// Plain CommonMark: no HTML, no addresses that become links by themselves, no typographic changes.
const markdown = new MarkdownIt("commonmark", { html: false, linkify: false });

/** A document of a text in Markdown. Nothing in a text can become a mention, because no Markdown does. */
export function markdownToAdf(text: string): Readonly<Record<string, unknown>> {
  const content = blocksOf(markdown.parse(text, {}));
  return { type: "doc", version: 1, content: content.length === 0 ? [{ type: "paragraph", content: [] }] : content };
}

/** Blocks that hold blocks, by the token that opens them. */
const containers: Readonly<Record<string, string>> = {
  bullet_list_open: "bulletList",
  ordered_list_open: "orderedList",
  list_item_open: "listItem",
  blockquote_open: "blockquote",
};

function blocksOf(tokens: readonly Token[]): readonly AdfNode[] {
  const root: { type: string; content: AdfNode[] } = { type: "doc", content: [] };
  const open: { type: string; attrs?: Readonly<Record<string, unknown>>; content: AdfNode[] }[] = [root];
  const add = (node: AdfNode) => open.at(-1)?.content.push(node);
  for (const token of tokens) {
    const container = containers[token.type];
    if (container !== undefined) open.push({ type: container, content: [] });
    else if (token.type === "paragraph_open") open.push({ type: "paragraph", content: [] });
    else if (token.type === "heading_open")
      open.push({ type: "heading", attrs: { level: Number(token.tag.slice(1)) }, content: [] });
    else if (token.nesting === -1) {
      const closed = open.length > 1 ? open.pop() : undefined;
      if (closed !== undefined) add(closed);
    } else if (token.type === "inline") open.at(-1)?.content.push(...inlinesOf(token.children ?? []));
    else if (token.type === "fence" || token.type === "code_block") add(codeBlock(token));
    else if (token.type === "hr") add({ type: "rule" });
  }
  return root.content;
}

function codeBlock({ content, info }: Token): AdfNode {
  const language = /^[\w+-]{1,20}/.exec(info.trim())?.[0];
  const text = content.replace(/\n$/, "");
  return {
    type: "codeBlock",
    ...(language === undefined ? {} : { attrs: { language } }),
    ...(text === "" ? {} : { content: [{ type: "text", text }] }),
  };
}

function inlinesOf(tokens: readonly Token[]): readonly AdfNode[] {
  const nodes: AdfNode[] = [];
  const marks: AdfMark[] = [];
  const text = (words: string, extra: readonly AdfMark[] = []) => {
    if (words === "") return;
    // Code takes no mark but a link's.
    const all = extra.some(({ type }) => type === "code")
      ? [...marks.filter(({ type }) => type === "link"), ...extra]
      : marks;
    nodes.push({ type: "text", text: words, ...(all.length === 0 ? {} : { marks: [...all] }) });
  };
  for (const token of tokens) {
    if (token.type === "text") text(token.content);
    else if (token.type === "code_inline") text(token.content, [{ type: "code" }]);
    else if (token.type === "softbreak") text(" ");
    else if (token.type === "hardbreak") nodes.push({ type: "hardBreak" });
    else if (token.type === "strong_open") marks.push({ type: "strong" });
    else if (token.type === "em_open") marks.push({ type: "em" });
    else if (token.type === "link_open") marks.push({ type: "link", attrs: { href: token.attrGet("href") ?? "" } });
    else if (token.type === "image") text(token.content);
    else if (token.nesting === -1) marks.pop();
  }
  return nodes;
}
